"""Deletion of the data that TikTok gave by a credential: TikTok's data, never the organisation's
own posts and audit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from ..database import Database, TenantConnection
from ..integrations.accounts import Kind
from ..integrations.service import Integrations
from . import store
from .schedule import erased, types_of

Erase = Callable[[TenantConnection, str, int], bool]
"""Deletes a part of an integration's data, at most about so many rows; returns whether any is
left."""
_AT_ONCE = 200

logger = logging.getLogger("stagedoor.sync")


class Erasure:
    """Deletes what was read by credentials that were given up. Thread-safe."""

    def __init__(
        self, database: Database, integrations: Integrations, data: Mapping[Kind, Erase]
    ) -> None:
        """`data`: how the data of each kind of credential are deleted."""
        self._database = database
        self._integrations = integrations
        self._data = data

    def part(self, ref: str) -> bool:
        """Delete a part of the data, by the ref of a due row; returns whether anything is left.
        An account that was connected again keeps its data."""
        org, integration, subject = erased(ref)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            account = self._integrations.locked(tenant, integration)
            credential = None if account is None else account.credential(subject)
            if credential is not None and credential.status.usable:
                return False
            if store.remove(tenant, integration, types_of(subject)):
                # runs under way can't write from now on; the next part sees all that they wrote
                return True
            left = self._data[subject](tenant, integration, _AT_ONCE)
        if not left:
            told = {"org": org, "integration": integration, "credential": subject.value}
            logger.info("engagement data was deleted", extra=told)
        return left
