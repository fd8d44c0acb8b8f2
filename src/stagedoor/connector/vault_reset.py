"""Replaces data keys that can't be unwrapped any more: only the values encrypted with them are
lost.

Tokens, app secrets and kept responses of the lost data keys are deleted; everything that still
decrypts stays. May be run again: a second run continues where the first one ended.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, select

from .apps import store as apps
from .clock import Clock
from .database import Database, TenantConnection
from .errors import Conflict
from .event_types import EventType
from .integrations import logins
from .integrations import store as integrations
from .integrations.accounts import AppGrant
from .keys import Keys
from .notices.service import Notices
from .process_identity import is_gone
from .schedule.models import workers
from .tenants import store as tenants
from .vault import opening
from .vault import store as vault

REASON = "vault_reset"
NOTICE = EventType.VAULT_RESET
ORG_SCOPE = "org:"

logger = logging.getLogger("stagedoor.vault")


@dataclass
class VaultLoss:
    """The values that were given up. `accounts` are names by organisation."""

    data_keys: int = 0
    accounts: dict[str, list[str]] = field(default_factory=dict)
    apps: dict[str, list[str]] = field(default_factory=dict)
    """Client keys of apps that organisations brought, by organisation."""

    def told(self, org: str) -> str:
        """The notice for the organisation's admins."""
        accounts, own = self.accounts.get(org, []), self.apps.get(org, [])
        parts = ["The vault's keys were lost, and an operator reset the vault."]
        if accounts:
            parts.append(f"These accounts have to be connected again: {', '.join(accounts)}.")
        if own:
            parts.append(
                f"Send the client secret of {', '.join(own)} again with PUT /api/apps/tiktok."
            )
        return " ".join([*parts, "Posts, schedules, agents and the audit were kept."])


def reset(database: Database, keys: Keys, clock: Clock, notices: Notices) -> VaultLoss:
    """Reset the vault. Raises `Conflict` while a worker of the service is alive: it still has the
    old data keys."""
    lost = opening.closed_rows(database, keys)
    now = clock.now()
    given = VaultLoss(data_keys=len(lost))
    why = {
        "code": REASON,
        "message": "The vault's keys were lost, and the vault was reset: connect again.",
        "log_id": None,
        "at": now,
    }
    with database.begin() as connection:
        _check_stopped(connection)
        for row in lost:
            if row.scope.startswith(ORG_SCOPE):
                org = row.scope.removeprefix(ORG_SCOPE)
                tenants.drop_answers(TenantConnection(connection, org))
                given.accounts.setdefault(org, [])
            else:
                _lose_app(connection, row.scope, given, why, now)
        vault.remove(connection, [row.id for row in lost])
        for org in sorted({*given.accounts, *given.apps}):
            notices.tell(TenantConnection(connection, org), NOTICE, REASON, given.told(org))
    logger.warning("the vault was reset", extra={"data_keys": given.data_keys})
    return given


def _lose_app(
    connection: Connection, app_id: str, given: VaultLoss, why: Mapping[str, object], now: float
) -> None:
    row = apps.by_id(connection, app_id)
    if row is None:
        return
    _note_accounts(connection, integrations.lose_tokens(connection, app_id, why), given)
    logins.end_all(connection, app_id, now)
    apps.lose_secrets(connection, app_id)
    for org in apps.users(connection, app_id):
        given.apps.setdefault(org, []).append(str(row.client_key))


def _note_accounts(connection: Connection, grants: Sequence[Row[object]], given: VaultLoss) -> None:
    for row in grants:
        for holder in integrations.holders(connection, AppGrant.of(row).id):
            given.accounts.setdefault(holder.org, []).append(AppGrant.of(row).name)


def _check_stopped(connection: Connection) -> None:
    real = time.time()
    for row in connection.execute(select(workers).where(workers.c.alive_until >= real)):
        if not is_gone(row.host, row.pid, row.process_started):
            raise Conflict(
                f"A worker of the service is at work on {row.host} (process {row.pid}): stop every "
                "process of the service first, then reset the vault."
            )
