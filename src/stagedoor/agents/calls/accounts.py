"""Which account a call means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.integrations.accounts import Integration

from . import store
from .errors import AccountNeeded

if TYPE_CHECKING:
    from ..identity.service import Caller
    from ..services import Agents

_NAMED = 20


def meant(agents: Agents, caller: Caller, name: str | None) -> str | None:
    """The integration's id for `@handle`, `handle` or an id; None: there is no such account.

    Without a name it is the one that the agent's grants name, or the only one that is connected.
    Raises `AccountNeeded`.
    """
    with agents.services.database.read() as connection:
        scope = TenantConnection(connection, caller.org)
        if name is not None:
            return store.named(scope, name.removeprefix("@"))
        only = store.only(scope)
    if only is not None:
        return only
    connected = every(agents, caller.org)
    given = agents.grants.get(caller.org, caller.agent_id).grants or ()
    bound = {grant.integration_id for grant in given}
    own = [one.id for one in connected if one.id in bound]
    if len(own) == 1 and None not in bound:
        return own[0]
    if not connected:
        return None
    names = ", ".join(handle(one) for one in connected[:_NAMED])
    raise AccountNeeded(f"Several accounts are connected: name one of {names}.")


def every(agents: Agents, org: str) -> list[Integration]:
    """Every account of an organisation."""
    found: list[Integration] = []
    cursor: str | None = None
    while True:
        page = agents.services.integrations.page(org, cursor, 200)
        found += page.items
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


def handle(account: Integration) -> str:
    """What people call it; its id where TikTok told no handle."""
    return f"@{account.grant.username}" if account.grant.username else account.id
