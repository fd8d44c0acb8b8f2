"""PostgreSQL behind a connection pooler, such as PgBouncer in transaction mode.

Behind a pooler, each transaction may run on another server connection, so a statement prepared on
one connection isn't known on the next. A pooler is recognised by the process id that it reports: it
differs from the process id of the server process that answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import URL, make_url

from ..errors import SettingsError

PARAMETER = "prepare_threshold"
"""A parameter of a database's URL: after how many uses a statement is prepared on the server; 0 or
`none`, as other drivers spell it: never."""


def split(url: str) -> tuple[URL, dict[str, Any]]:
    """The URL as the driver takes it, and further options for the driver. Raises
    `SettingsError`."""
    parsed = make_url(url)
    text = parsed.query.get(PARAMETER)
    if text is None:
        return parsed, {}
    plain = parsed.difference_update_query([PARAMETER])
    value = str(text).lower()
    if value in ("0", "none"):
        return plain, {PARAMETER: None}
    if not value.isdecimal():
        raise SettingsError(
            f"{PARAMETER} in STAGEDOOR_DATABASE_URL must be a number, or none: statements are then "
            "never prepared"
        )
    return plain, {PARAMETER: int(value)}


def plain(url: str) -> str:
    """The URL without the options that only `split` understands."""
    return split(url)[0].render_as_string(hide_password=False)


def engine_options(pooled: bool) -> Mapping[str, Any]:
    """Additional options of the workflow engine: behind a pooler, no prepared statements and no
    session settings."""
    if not pooled:
        return {}
    return {
        "db_engine_kwargs": {"connect_args": {PARAMETER: None}},
        "sys_db_idle_transaction_timeout_sec": 0,
    }


def is_pooled(connection: Any) -> bool:
    """Whether a pooler is between this new driver connection and the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [server] = cursor.fetchone()
    connection.rollback()
    return bool(server != connection.info.backend_pid)
