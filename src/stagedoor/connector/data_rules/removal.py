"""Deletion of an account's data: TikTok's data, never the organisation's own posts and audit."""

from __future__ import annotations

import logging

from ..database import Database, TenantConnection
from ..integrations.accounts import CredentialKind
from ..integrations.service import Integrations
from .registry import DataRegistry

logger = logging.getLogger("stagedoor.data")


class Removals:
    """Deletes the data of accounts whose authorization ended. Thread-safe."""

    def __init__(
        self, database: Database, integrations: Integrations, registry: DataRegistry
    ) -> None:
        self._database = database
        self._integrations = integrations
        self._registry = registry

    def part(self, ref: str) -> bool:
        """Delete a part of the data of organisation/integration/kind of credential; returns whether
        anything may be left. An account that was connected again keeps its data."""
        rest, _, credential = ref.rpartition("/")
        org, _, integration = rest.rpartition("/")
        mine = [
            removal
            for kind in self._registry.kinds
            for removal in kind.removals
            if removal.credential == credential
        ]
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            account = self._integrations.locked(tenant, integration)
            held = None if account is None else account.credential(CredentialKind(credential))
            if held is not None and held.status.usable:
                return False
            # records that cause writes are deleted first, in a transaction of its own: the next
            # part then sees all of those writes
            left = any(removal.part(tenant, integration) for removal in mine)
        if not left:
            told = {"org": org, "integration": integration, "credential": credential}
            logger.info("data of an account was deleted", extra=told)
        return left
