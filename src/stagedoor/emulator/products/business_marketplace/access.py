"""The marketplace account that a request of the older calls names."""

from __future__ import annotations

from stagedoor.platform.operation import OperationEffect

from ...calls import AdmittedCall
from ..business_creators.accounts import reached
from ..business_creators.state import MarketplaceAccount


def account_of(call: AdmittedCall) -> MarketplaceAccount:
    """The named account; a write needs a role that may write."""
    writes = call.operation.effect is OperationEffect.WRITE
    return reached(call.world, call.own_token, call.request.tcm_account_id, writes)
