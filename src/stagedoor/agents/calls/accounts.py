"""Resolve the account that a call names."""

from __future__ import annotations

from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.integrations.service import Integrations

from ..connected_accounts import connected, handle
from ..grants.service import Grants
from ..identity.service import Caller
from . import store
from .errors import AccountNeeded

_NAMED = 20


class AccountNames:
    """Resolves the names by which callers name accounts."""

    def __init__(self, database: Database, integrations: Integrations, grants: Grants) -> None:
        self._database = database
        self._integrations = integrations
        self._grants = grants

    def meant(self, caller: Caller, name: str | None) -> str | None:
        """Return the integration's id for `@handle`, `handle` or an id; None if there is no such
        account.

        Without a name, return the account that the agent's grants name, or the only connected
        account. Raises `AccountNeeded`.
        """
        with self._database.read() as connection:
            tenant = TenantConnection(connection, caller.org)
            if name is not None:
                return store.named(tenant, name.removeprefix("@"))
            only = store.only(tenant)
        if only is not None:
            return only
        accounts = connected(self._integrations, caller.org)
        given = self._grants.get(caller.org, caller.agent_id).grants or ()
        bound = {grant.integration_id for grant in given}
        own = [one.id for one in accounts if one.id in bound]
        if len(own) == 1 and None not in bound:
            return own[0]
        if not accounts:
            return None
        names = ", ".join(handle(one) for one in accounts[:_NAMED])
        raise AccountNeeded(f"Several accounts are connected: name one of {names}.")
