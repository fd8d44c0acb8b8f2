"""The operations about reviews: their outcomes, and appeals."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    AdFormat,
    AdGroupReviewQuery,
    AdReviewQuery,
    AppealRequest,
)

from ...calls import AdmittedCall, Handlers, Refusal
from . import checks, review, shown
from .state import AD_GROUPS, ADS, ADS_OF_GROUP, Ad, AdGroup, Review, ReviewState
from .status import group_verdict


def of_groups(call: AdmittedCall) -> dict[str, Any]:
    """Reviews of ad groups and of their ads; those that are pending are left out."""
    request: AdGroupReviewQuery = call.request
    checks.few(request.adgroup_ids)
    groups: dict[str, Any] = {}
    of_ads: dict[str, Any] = {}
    for id in dict.fromkeys(request.adgroup_ids):
        found = checks.owned(call, call.world[AD_GROUPS], id, "ad group")
        ads = [ad for ad in call.world[ADS].by(ADS_OF_GROUP, id) if not ad.deleted]
        verdict = group_verdict(found.review.state, (ad.review.state for ad in ads))
        if verdict in review.STATUSES:
            groups[id] = _group(found, ads, verdict)
        reviewed = {ad.id: _ad(found, ad) for ad in ads if ad.review.state in review.STATUSES}
        if reviewed:
            of_ads[id] = reviewed
    return {"ad_group_review_map": groups, "ad_review_map": of_ads}


def of_ads(call: AdmittedCall) -> dict[str, Any]:
    request: AdReviewQuery = call.request
    checks.few(request.ad_ids)
    told = {}
    for id in dict.fromkeys(request.ad_ids):
        found = checks.owned(call, call.world[ADS], id, "ad")
        if found.review.state in review.STATUSES:
            told[id] = _ad(call.world[AD_GROUPS][found.adgroup_id], found)
    return {"ad_review_map": told}


def appeal(call: AdmittedCall) -> dict[str, Any]:
    """Appeal for one ad, or for the ad group with all of its rejected ads."""
    request: AppealRequest = call.request
    group = checks.group(call, request.adgroup_id)
    found: list[AdGroup | Ad]
    if request.ad_id is not None:
        ad = checks.ad(call, request.ad_id)
        if ad.adgroup_id != group.id:
            checks.wrong("ad_id", f"The ad is not in the ad group {group.id}.")
        found = [ad]
    else:
        ads = call.world[ADS].by(ADS_OF_GROUP, group.id)
        found = [group, *(ad for ad in ads if not ad.deleted)]
    rejected = [one for one in found if review.may_appeal(one)]
    if not rejected:
        raise Refusal("40002", "The ad group is not rejected, or was appealed already.")
    for one in rejected:
        review.appeal(call.world, one)
    return {}


def _group(found: AdGroup, ads: list[Ad], verdict: ReviewState) -> dict[str, Any]:
    told = _outcome(found, found.review, verdict)
    bad = [ad for ad in ads if ad.review.state in ("rejected", "partial")]
    reviews = (found.review, *(ad.review for ad in ads))
    appeals = [one.appeal for one in reviews if one.appeal != "NOT_APPEALED"]
    return told | {
        "adgroup_id": found.id,
        "appeal_status": appeals[0] if appeals else found.review.appeal,
        "contains_rejected_ads": bool(bad),
        "reject_info": told["reject_info"] or [info for ad in bad for info in _reasons(found, ad)],
        "last_audit_time": told["last_audit_time"] or _last(bad),
    }


def _last(rejected: list[Ad]) -> str | None:
    moments = [ad.review.decided for ad in rejected if ad.review.decided is not None]
    return shown.moment(max(moments)) if moments else None


def _ad(of: AdGroup, found: Ad) -> dict[str, Any]:
    told = _outcome(of, found.review, found.review.state)
    told["reject_info"] = _reasons(of, found)
    return told | {"ad_id": found.id, "appeal_status": None}


def _outcome(of: AdGroup, found: Review, state: ReviewState) -> dict[str, Any]:
    outcome = found.outcome
    refused = found.state in ("rejected", "partial")
    placements = outcome.placements
    if found.state == "rejected":
        placements = tuple(of.fields.get("placements", ())) or placements
    return {
        "is_approved": state == "approved",
        "review_status": review.STATUSES[state],
        "forbidden_placements": list(placements) if refused else [],
        "forbidden_ages": list(outcome.ages) if refused else [],
        "forbidden_locations": list(outcome.locations) if refused else [],
        "forbidden_operation_systems": list(outcome.operating_systems) if refused else [],
        "last_audit_time": (
            shown.moment(found.decided) if refused and found.decided is not None else None
        ),
        "reject_info": [_info(of, found, None)] if refused else [],
    }


def _reasons(of: AdGroup, found: Ad) -> list[dict[str, Any]]:
    refused = found.review.state in ("rejected", "partial")
    return [_info(of, found.review, _content(found))] if refused else []


def _info(of: AdGroup, found: Review, content: dict[str, Any] | None) -> dict[str, Any]:
    outcome = found.outcome
    placements = outcome.placements or tuple(of.fields.get("placements", ()))
    return {
        "reasons": list(outcome.reasons),
        "suggestion": outcome.suggestion,
        "forbidden_ages": list(outcome.ages),
        "forbidden_locations": list(outcome.locations),
        "forbidden_placements": list(placements),
        "content_info": content,
    }


def _content(found: Ad) -> dict[str, Any]:
    video = found.fields.get("video_id")
    images = found.fields.get("image_ids") or [None]
    kind = "MODE_VIDEO"
    if found.fields.get("ad_format") == AdFormat.CAROUSEL_ADS:
        kind = "MODE_CAROUSEL_MUSIC"
    elif found.fields.get("ad_format") == AdFormat.SINGLE_IMAGE:
        kind = "MODE_IMAGE"
    return {
        "content_type": kind,
        "text_content": found.fields.get("ad_text"),
        "image_content": None if kind == "MODE_VIDEO" else {"image_id": images[0]},
        "video_content": {"video_id": video} if kind == "MODE_VIDEO" else None,
    }


HANDLERS: Handlers = {
    business_ads.ADGROUP_REVIEW_INFO: of_groups,
    business_ads.ADGROUP_APPEAL: appeal,
    business_ads.AD_REVIEW_INFO: of_ads,
}
