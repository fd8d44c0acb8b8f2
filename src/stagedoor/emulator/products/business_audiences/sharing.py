"""Audiences that ad accounts of one Business Center share."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products import business_audiences as declared
from stagedoor.platform.products.business_audiences import AudienceShare, AudienceShareEnd

from ...calls import AdmittedCall, Handlers, Refusal
from ..business.state import AD_ACCOUNTS
from . import facts, matching


def share(call: AdmittedCall) -> dict[str, Any]:
    """Let other ad accounts use audiences; all or none."""
    request: AudienceShare = call.request
    found = [facts.owned(call, one) for one in dict.fromkeys(request.custom_audience_ids)]
    center = call.ad_account.business_center_id
    others = [one for one in dict.fromkeys(request.shared_advertiser_ids)]
    for other in others:
        account = call.world[AD_ACCOUNTS].get(other)
        if account is None or not center or account.business_center_id != center:
            why = f"{other} does not belong to the same Business Center."
            raise Refusal("40002", f"shared_advertiser_ids: {why}")
        if account is call.ad_account:
            raise Refusal("40002", f"shared_advertiser_ids: {other} owns the audience.")
    for audience in found:
        audience.shared_with = tuple(dict.fromkeys((*audience.shared_with, *others)))
        matching.record(call.world, audience, "share", ",".join(others), "")
    return {}


def end(call: AdmittedCall) -> dict[str, Any]:
    """End the sharing with one ad account, or with all of them."""
    request: AudienceShareEnd = call.request
    audience = facts.owned(call, request.custom_audience_id)
    other = request.shared_advertiser_id
    if other is not None and other not in audience.shared_with:
        raise Refusal("40002", f"shared_advertiser_id: The audience isn't shared with {other}.")
    kept = () if other is None else tuple(one for one in audience.shared_with if one != other)
    audience.shared_with = kept
    matching.record(call.world, audience, "share_cancel", other or "", "")
    return {}


HANDLERS: Handlers = {
    declared.AUDIENCE_SHARE: share,
    declared.AUDIENCE_SHARE_CANCEL: end,
}
