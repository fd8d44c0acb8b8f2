"""Resolve the account that a call names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.integrations import store as integrations_store
from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.connector.integrations.service import Integrations
from stagedoor.platform.account_field import ACCOUNT_FIELDS
from stagedoor.platform.encodable import reason_against
from stagedoor.platform.operation import Operation

from .. import vocabulary
from ..connected_accounts import connected, handle
from ..grants.service import Grants
from ..identity.service import AgentCaller
from . import store
from .errors import AccountNeeded

_NAMED = 20


class AccountNames:
    """Resolves the names by which callers name accounts."""

    def __init__(self, database: Database, integrations: Integrations, grants: Grants) -> None:
        self._database = database
        self._integrations = integrations
        self._grants = grants

    def meant(
        self,
        caller: AgentCaller,
        name: str | None,
        operation: Operation[..., Any],
        arguments: Mapping[str, Any] | BaseModel,
    ) -> str | None:
        """Return the integration's id for `@handle`, `handle` or an id; None if there is no such
        account.

        Without a name, return the integration that reaches the account which the arguments name,
        else the account that the agent's grants name, or the only account with a credential for
        the operation. Raises `AccountNeeded`.
        """
        kind = vocabulary.credential(operation) or CredentialKind.CREATOR
        with self._database.read() as connection:
            tenant = TenantConnection(connection, caller.org)
            if name is not None:
                return store.named(tenant, name.removeprefix("@"))
            reaching = _reaching(tenant, kind, arguments)
            only = reaching[0] if len(reaching) == 1 else store.only(tenant, kind)
        if only is not None:
            return only
        accounts = [
            one
            for one in connected(self._integrations, caller.org)
            if one.credential(kind) is not None and (not reaching or one.id in reaching)
        ]
        given = self._grants.get(caller.org, caller.agent_id).grants or ()
        bound = {grant.integration_id for grant in given}
        own = [one.id for one in accounts if one.id in bound]
        if len(own) == 1 and None not in bound:
            return own[0]
        if not accounts:
            return None
        names = ", ".join(handle(one) for one in accounts[:_NAMED])
        raise AccountNeeded(f"Several accounts are connected: name one of {names}.")


def _reaching(
    tenant: TenantConnection, kind: CredentialKind, arguments: Mapping[str, Any] | BaseModel
) -> Sequence[str]:
    """Return the integrations that reach the account which the arguments name; none if they name
    no account, as only those of TikTok API for Business do."""
    if kind is CredentialKind.ADS:
        named = _text(arguments, "advertiser_id")
        return () if named is None else integrations_store.reaching(tenant, named)
    if kind is CredentialKind.ACCOUNT:
        ids = (_text(arguments, field) for field in ACCOUNT_FIELDS)
        named = next((one for one in ids if one is not None), None)
        return () if named is None else store.of_business_account(tenant, named)
    return ()


def _text(arguments: Mapping[str, Any] | BaseModel, name: str) -> str | None:
    """Return an id among the arguments, which may not have been validated."""
    found = arguments.get(name) if isinstance(arguments, Mapping) else getattr(arguments, name, "")
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    text = str(found)
    return text if text and reason_against(text) is None else None
