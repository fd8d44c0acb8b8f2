"""The accounts that an organisation has connected, as its agents name them."""

from __future__ import annotations

from stagedoor.connector.integrations.accounts import Integration
from stagedoor.connector.integrations.service import Integrations

from . import quoting

_AT_ONCE = 200


def connected(integrations: Integrations, org: str) -> list[Integration]:
    """Return every account of an organisation."""
    found: list[Integration] = []
    cursor: str | None = None
    while True:
        page = integrations.page(org, cursor, _AT_ONCE)
        found += page.items
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


def handle(account: Integration) -> str:
    """Return the name by which agents name the account: its handle; its id if TikTok gave no
    handle."""
    return f"@{account.grant.username}" if account.grant.username else account.id


def shown(account: Integration) -> str:
    """Return the name by which people know the account, quoted unless plain."""
    return quoting.name(account.grant.name, account.id)
