"""The marketplace accounts of advertisers, and the tokens that reach them."""

from __future__ import annotations

from stagedoor.platform.operation import OperationEffect
from stagedoor.platform.products.business_creators import (
    MarketplaceAccount as Shown,
)
from stagedoor.platform.products.business_creators import (
    MarketplaceAccounts,
)

from ...calls import AdmittedCall, Refusal
from ...world import World
from ..business.access import role_on
from ..business.state import AD_ACCOUNTS, AdRole, AdvertiserToken
from .state import MARKETPLACE_ACCOUNTS, MARKETPLACE_OF_ADVERTISER, MarketplaceAccount


def listed(call: AdmittedCall) -> MarketplaceAccounts:
    """The marketplace accounts of the token's ad accounts."""
    table, token = call.world[MARKETPLACE_ACCOUNTS], call.own_token
    found = [
        one.id
        for advertiser_id in token.advertiser_ids
        if role_on(call.world, token, advertiser_id) is not None
        for one in table.by(MARKETPLACE_OF_ADVERTISER, advertiser_id)
    ]
    return MarketplaceAccounts(tto_tcm_account_ids=tuple(found))


def info(call: AdmittedCall) -> Shown:
    account = named(call)
    owner = call.world[AD_ACCOUNTS][account.advertiser_id]
    return Shown(
        tto_tcm_account_id=account.id,
        account_name=account.name,
        timezone=owner.timezone,
        country=owner.country,
        business_verification_status=account.verification,
    )


def named(call: AdmittedCall) -> MarketplaceAccount:
    """The marketplace account that the request names; a write needs a role that may write."""
    writes = call.operation.effect is OperationEffect.WRITE
    return reached(call.world, call.own_token, call.request.tto_tcm_account_id, writes)


def reached(
    world: World, token: AdvertiserToken, account_id: str, writes: bool = False
) -> MarketplaceAccount:
    """The marketplace account, if the token's person has a role on its ad account."""
    account = world[MARKETPLACE_ACCOUNTS].get(account_id)
    role = None if account is None else role_on(world, token, account.advertiser_id)
    if account is None or role is None or (writes and role is AdRole.ANALYST):
        said = f"You don't have permission to operate this TikTok One account: {account_id}."
        raise Refusal("40001", said)
    return account
