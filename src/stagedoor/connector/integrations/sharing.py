"""Which organisations reach the same ad account."""

from __future__ import annotations

from sqlalchemy import Connection

from ..database import organisations_with
from .models import ad_accounts


def organisations_sharing(connection: Connection, account_id: str, but: str) -> list[str]:
    """The other organisations that reach an ad account, for the service's own use: a caller is
    never told of them."""
    reached = ad_accounts.c.account_id == account_id
    found = organisations_with(connection, ad_accounts, reached)
    return [org for org in found if org != but]
