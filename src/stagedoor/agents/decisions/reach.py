"""Whether a call of TikTok API for Business stays within what its integration was given.

The account of such a decision is the integration. The request itself names an ad account, or the
TikTok account by its open_id: each of them must be one that the integration's credential reaches.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from stagedoor.connector.database import TenantConnection
from stagedoor.platform.account_field import account_field, ad_accounts_named
from stagedoor.platform.operation import Operation, Subject

from ..quoting import token
from . import store

_NAMED = 3
"""Ad accounts that a denial names."""


def problem(
    tenant: TenantConnection,
    operation: Operation[..., Any],
    request: BaseModel,
    integration_id: str | None,
    account: str,
) -> str | None:
    """Return why the request goes beyond the integration; None if it doesn't, as no operation of
    another API does. `account` is the integration's name in words."""
    if operation.subject is Subject.ADVERTISER:
        return _of_ads(tenant, request, integration_id or "", account)
    if operation.subject is Subject.ACCOUNT_HOLDER:
        return _of_account(tenant, request, integration_id or "", account)
    return None


def _of_ads(
    tenant: TenantConnection, request: BaseModel, integration_id: str, account: str
) -> str | None:
    if getattr(request, "bc_id", None) is not None:
        return "A Business Center reaches beyond single ad accounts: name an ad account instead."
    named = ad_accounts_named(request)
    if not named:
        return "The call names no ad account: pass its advertiser_id."
    reached = store.reached(tenant, integration_id, named)
    beyond = [one for one in named if one not in reached]
    if not beyond:
        return None
    listed = ", ".join(map(token, beyond[:_NAMED]))
    return f"The ad account {listed} isn't one that the ads credential of {account} reaches."


def _of_account(
    tenant: TenantConnection, request: BaseModel, integration_id: str, account: str
) -> str | None:
    field = account_field(request)
    named = "" if field is None else str(getattr(request, field))
    if not named or store.is_business_account(tenant, integration_id, named):
        return None
    return f"{field} names another account than {account}: leave it out."
