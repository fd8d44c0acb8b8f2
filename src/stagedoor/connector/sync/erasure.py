"""Deletion of an account's engagement data: TikTok's data, never the organisation's own posts and
audit."""

from __future__ import annotations

import logging

from ..activity import store as activity
from ..database import Database, TenantConnection
from ..integrations.accounts import Kind
from ..integrations.service import Integrations
from . import store

_AT_ONCE = 200

logger = logging.getLogger("stagedoor.sync")


class Erasure:
    """Deletes the videos, metrics and profile of accounts that were given up. Thread-safe."""

    def __init__(self, database: Database, integrations: Integrations) -> None:
        self._database = database
        self._integrations = integrations

    def part(self, ref: str) -> bool:
        """Delete a part of the data of organisation/integration; returns whether anything is left.
        An account that was connected again keeps its data."""
        org, _, integration = ref.rpartition("/")
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            account = self._integrations.locked(tenant, integration)
            creator = None if account is None else account.credential(Kind.CREATOR)
            if creator is not None and creator.status.usable:
                return False
            if store.remove(tenant, integration):
                # runs under way can't write from now on; the next part sees all that they wrote
                return True
            left = activity.erase(tenant, integration, _AT_ONCE)
        if not left:
            told = {"org": org, "integration": integration}
            logger.info("engagement data was deleted", extra=told)
        return left
