"""Every test looks for this on SQLite: each statement of the service finds its rows by an index.

A table grows with use, also within one organisation, unless it is named here. The plan of a
statement doesn't depend on the rows: the service gathers no statistics of SQLite's.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from stagedoor.connector.database.prepared import Prepared

SMALL = {
    "alembic_version": "one row",
    "installation": "one row",
    "workers": "one row for each process",
    "vault_keys": "one row for each app",
    "agents": "an organisation may have few",
    "oauth_clients": "their number is bounded",
    "audit_heads": "one row for each organisation",
    "pauses": "one row for each organisation",
    "ad_spend_guards": "one row for each organisation",
    "sync_pauses": "a row for each type that an organisation paused",
    "event_subscriptions": "an organisation may have few",
    "logins": "those of the last minutes",
    "watched_ads": "ads whose review is under way",
    "ad_spend_requests": "requests under way",
    "ad_metric_accounts": "one row for each ad account",
}
"""Tables with few rows, each with the reason."""
_ACCOUNTS = "an organisation has some thousand accounts at most, and their names are in grants"
_STATES = "each account has a row for each of a few types"
_RESTORED = "after a restored database, once"
_ERASURE = "for an erasure, which looks at everything"
WHOLE = {
    "agents.approvals.restored.RestoredApprovals.ask_about": _RESTORED,
    "agents.approvals.store._erase": _ERASURE,
    "agents.approvals.store.page": "what was answered is kept for a week",
    "agents.audit.store.names": _ERASURE,
    "agents.audit.store.texts_before": "once a day, in the order of the entries",
    "agents.audit.store.texts_naming": _ERASURE,
    "agents.calls.store.named": _ACCOUNTS,
    "agents.calls.store.of_business_account": _ACCOUNTS,
    "agents.calls.store.only": _ACCOUNTS,
    "agents.oauth.store.drop": "the sign-ins of an agent are bounded",
    "connector.apps.store.users": "a row for each organisation with an app of its own",
    "connector.data_kinds.TextRows._page": _ERASURE,
    "connector.health.watch.HealthWatch._tell": "for a notice to every organisation",
    "connector.integrations.persons.of_person": _ERASURE,
    "connector.integrations.store.of_handle": _ACCOUNTS,
    "connector.integrations.store.same_account": _ACCOUNTS,
    "connector.inbox.store.author_ids": _ERASURE,
    "connector.inbox.store.page": "a search looks at a bounded number of conversations",
    "connector.media.identity._some_files": "at the first start with a media store",
    "connector.subscriptions.store.forget": "the earliest row is the first of its index",
    "connector.sync.store.accounts": _STATES,
    "connector.sync.store.failures": _STATES,
    "connector.sync.store.summaries": _STATES,
    "connector.tenants.store.drop_answers": "after a reset of the vault",
    "connector.webhooks.dead._rows": _ACCOUNTS,
    "connector.witness.service.Witness._pause": _RESTORED,
}
"""Functions that read an organisation's rows, or a table's, on purpose, each with the reason."""

_LIST = re.compile(r"\((?:\?, )+\?\)")
_SCAN = re.compile(r"SCAN (\w+)")
_OF_ORG = re.compile(r"SEARCH (\w+) .*\(org=\?\)$")
_OURS = "stagedoor."
_BENEATH = ("stagedoor.connector.database", "sqlalchemy", "contextlib", __name__)
_MIGRATIONS = "stagedoor.connector.migrations"

_seen: set[str] = set()
_plans: set[str] = set()
_found: list[str] = []


def look_at_plans() -> None:
    """From now on, in this process."""
    event.listen(Engine, "before_cursor_execute", _before)
    Prepared._sent = _watched(Prepared._sent, lambda values: values)  # type: ignore[method-assign]
    Prepared.run_all = _watched(  # type: ignore[method-assign]
        Prepared.run_all, lambda values: next(iter(values), None)
    )


def found() -> list[str]:
    """The statements without an index since the last call, in words."""
    told = list(_found)
    _found.clear()
    return told


def _watched(method: Any, one: Callable[[Any], Any]) -> Any:
    def watched(self: Prepared, connection: Connection, values: Any) -> Any:
        given = one(values)
        if connection.dialect.name == "sqlite" and given is not None:
            compiled = self._known(connection.dialect)
            _look_at(connection, compiled.text, compiled.parameters(given))
        return method(self, connection, values)

    return watched


def _before(
    connection: Connection, _: Any, statement: str, values: Any, __: Any, many: bool
) -> None:
    if connection.dialect.name == "sqlite":
        _look_at(connection, statement, values[0] if many else values)


def _look_at(connection: Connection, statement: str, values: Any) -> None:
    if statement in _seen:
        return
    _seen.add(statement)
    same = _LIST.sub("(...)", statement)
    verb = statement.lstrip()[:6].upper()
    if same in _plans or verb not in ("SELECT", "UPDATE", "DELETE"):
        return
    _plans.add(same)
    caller = _caller()
    if caller is None or caller in WHOLE:
        return
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        plan = [row[3] for row in cursor.fetchall()]
    finally:
        cursor.close()
    why = reason(plan, same)
    if why is not None:
        _found.append(f"{caller} {why}: {same}\n  {plan}")


def reason(plan: Sequence[str], statement: str) -> str | None:
    """Why SQLite's plan of a statement reads too much, or None."""
    for line in plan:
        scanned = _SCAN.match(line)
        if scanned and _grows(scanned[1], statement) and not _is_partial(line, statement):
            return f"reads all of {scanned[1]}"
        of_org = _OF_ORG.match(line)
        if of_org and _grows(of_org[1], statement) and _leaves_rows(of_org[1], plan, statement):
            return f"reads all of an organisation's {of_org[1]}"
    return None


def _grows(table: str, statement: str) -> bool:
    """Whether it is a table, not a part of the statement, that isn't small."""
    named = re.search(rf"\b(?:FROM|JOIN|UPDATE) {table}\b", statement)
    return named is not None and table not in SMALL


def _is_partial(line: str, statement: str) -> bool:
    """Whether it reads the first rows that it finds, of an index where their order matters."""
    unordered = "ORDER BY" not in statement and "WHERE" not in statement
    return "LIMIT" in statement and (unordered or "USING" in line)


def _leaves_rows(table: str, plan: Sequence[str], statement: str) -> bool:
    """Whether more rows are read than a page needs."""
    _, _, conditions = statement.partition("WHERE ")
    others = re.findall(rf"\b{table}\.(\w+) (?:=|IN|IS) ", conditions.replace(f"{table}.org =", ""))
    return bool(others) or "LIMIT" not in statement or any("TEMP B-TREE" in line for line in plan)


def _caller() -> str | None:
    """The function of the service that sent the statement; None: a test or a migration did."""
    frame = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if not module.startswith(_BENEATH):
            ours = module.startswith(_OURS) and not module.startswith(_MIGRATIONS)
            name = f"{module.removeprefix(_OURS)}.{frame.f_code.co_qualname}"
            return name if ours else None
        frame = frame.f_back  # type: ignore[assignment]
    return None
