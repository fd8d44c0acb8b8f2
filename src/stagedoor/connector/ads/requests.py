"""Callers' bodies as requests to TikTok: looked up, composed and checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from stagedoor.client import TikTokBusiness
from stagedoor.platform.products import business_ads, business_creatives
from stagedoor.platform.products.business_ads import ChangedCreative

from .bodies import (
    AdIdentity,
    ChangeAdBody,
    ChangeAdGroupBody,
    ChangeCampaignBody,
    NewAdBody,
    NewAdGroupBody,
    NewCampaignBody,
)
from .compose import Problem, composed
from .creative_ids import CreativeId, CreativeKind, parse_creative_id
from .field_rules import RequestSource
from .identities import OwnIdentities
from .journal import ChangeAuthor, request_id_of
from .objects import AdObject
from .reads import AdReads, send, told_errors
from .regions import LocationIds

AudienceIds = Callable[[str, str, Sequence[str]], Sequence[str]]
"""TikTok's ids of an organisation's audiences in an ad account."""
_PATCHED = frozenset(
    {
        "ad_name",
        "identity_type",
        "identity_id",
        "identity_authorized_bc_id",
        "video_id",
        "image_ids",
        "music_id",
        "tiktok_item_id",
        "ad_text",
    }
)
"""The fields that TikTok changes alone; with others, the whole ad is sent (`ad_update`)."""
_KEPT = frozenset(ChangedCreative.model_fields) - {"ad_id", "operation_status"}
_IMAGE = f"{CreativeKind.IMAGE}:"


class AdRequests:
    """Composes requests. Thread-safe. Every method raises `FieldsMissing`, before anything is
    sent, and TikTok's refusals."""

    def __init__(
        self,
        reads: AdReads,
        regions: LocationIds,
        identities: OwnIdentities,
        audience_ids: AudienceIds,
    ) -> None:
        self._reads = reads
        self._regions = regions
        self._identities = identities
        self._audience_ids = audience_ids

    def new_campaign(self, org: str, body: NewCampaignBody, id: str) -> Any:
        source = RequestSource(body, request_id=request_id_of(org, id))
        ids = {"advertiser_id": body.account_id}
        return composed(business_ads.CAMPAIGN_CREATE, source, ids, body.tiktok)

    def changed_campaign(self, found: AdObject, body: ChangeCampaignBody) -> Any:
        ids = {"advertiser_id": found.account_id, "campaign_id": found.id}
        return composed(business_ads.CAMPAIGN_UPDATE, RequestSource(body), ids, body.tiktok)

    def new_ad_group(self, org: str, body: NewAdGroupBody, campaign: AdObject, id: str) -> Any:
        account_id, objective = campaign.account_id, campaign.record.objective_type
        source = RequestSource(body, request_id=request_id_of(org, id), objective=objective)
        source, problems = self._places(org, source, account_id, objective, body.placements)
        ids = {"advertiser_id": account_id, "campaign_id": campaign.id}
        above = campaign.fields
        create = business_ads.ADGROUP_CREATE
        return composed(create, source, ids, body.tiktok, above, problems)

    def changed_ad_group(
        self, org: str, found: AdObject, campaign: AdObject, body: ChangeAdGroupBody
    ) -> Any:
        source = RequestSource(body, billing_event=found.record.billing_event)
        objective, placements = campaign.record.objective_type, found.record.placements
        source, problems = self._places(org, source, found.account_id, objective, placements)
        ids = {"advertiser_id": found.account_id, "adgroup_id": found.id}
        update = business_ads.ADGROUP_UPDATE
        return composed(update, source, ids, body.tiktok, problems=problems)

    def new_ad(self, by: ChangeAuthor, body: NewAdBody, group: AdObject) -> Any:
        """The own identity is made with the first ad that needs one, once nothing else is
        missing."""
        creative = parse_creative_id(body.creative_id)
        source, problems = self._shown(by.org, RequestSource(body), group.account_id, creative)
        ids = {"advertiser_id": group.account_id, "adgroup_id": group.id}

        def request(identity: AdIdentity) -> Any:
            create, own = business_ads.AD_CREATE, replace(source, identity=identity)
            return composed(create, own, ids, body.tiktok, group.fields, problems)

        if source.identity is not None:
            return request(source.identity)
        request(AdIdentity(type=_OWN_KIND, id=_NOT_YET))
        return request(self._identities.own(by, group.account_id))

    def changed_ad(self, org: str, found: AdObject, body: ChangeAdBody) -> Any:
        source = RequestSource(body)
        problems: list[Problem] = []
        if body.creative_id is not None:
            creative = parse_creative_id(body.creative_id)
            source, problems = self._shown(org, source, found.account_id, creative)
        else:
            source = replace(source, identity=body.identity, cover=_cover(body.cover_id))
        ids = {
            "advertiser_id": found.account_id,
            "adgroup_id": found.record.adgroup_id,
            "ad_id": found.id,
            "patch_update": True,
        }
        update = business_ads.AD_UPDATE
        request = composed(update, source, ids, body.tiktok, problems=problems)
        [changed] = request.creatives
        if changed.model_fields_set - {"ad_id"} <= _PATCHED:
            return request
        return self._whole(found, request)

    def _whole(self, found: AdObject, request: Any) -> Any:
        """The same change with the fields that stay: TikTok resets what is left out."""
        fields = {name: value for name, value in found.fields.items() if name in _KEPT and value}
        changes = request.creatives[0].model_dump(exclude_unset=True)
        if "ad_format" in changes:
            for name in ("video_id", "tiktok_item_id", "image_ids"):
                fields.pop(name, None)
        whole = ChangedCreative.model_validate(fields | changes)
        return request.model_copy(update={"patch_update": None, "creatives": (whole,)})

    def _places(
        self,
        org: str,
        source: RequestSource,
        account_id: str,
        objective: str,
        placements: Sequence[str] | None,
    ) -> tuple[RequestSource, list[Problem]]:
        """The source with its locations and audiences, by TikTok's ids."""
        audiences = source.get("audience_ids")
        if audiences is not None:
            found = tuple(self._audience_ids(org, account_id, audiences))
            source = replace(source, audience_ids=found)
        places = source.get("locations")
        if places is None:
            return source, []
        client = self._reads.client(org, account_id)
        with told_errors():
            ids, problems = self._regions.ids(client, account_id, objective, placements, places)
        return replace(source, location_ids=ids), problems

    def _shown(
        self, org: str, source: RequestSource, account_id: str, creative: CreativeId
    ) -> tuple[RequestSource, list[Problem]]:
        """The source with identity and cover, as far as the creative and the caller name them."""
        identity: AdIdentity | None = source.get("identity")
        problems: list[Problem] = []
        if creative.identity is not None:
            of_post = AdIdentity(
                type=creative.identity.type, id=creative.identity.id, bc_id=creative.identity.bc_id
            )
            if identity is not None and (identity.type, identity.id) != (of_post.type, of_post.id):
                problems.append(("identity", "isn't the one that may show the post: leave it out"))
            identity = of_post
        cover = _cover(source.get("cover_id"))
        if creative.kind is CreativeKind.VIDEO and cover is None:
            client = self._reads.client(org, account_id)
            cover = self._suggested(client, account_id, creative.tiktok_id)
            if cover is None:
                problems.append(("coverId", "is missing: TikTok suggests no cover of the video"))
        if creative.kind is not CreativeKind.VIDEO and cover is not None:
            problems.append(("coverId", "is for videos alone"))
            cover = None
        return replace(source, identity=identity, cover=cover), problems

    def _suggested(self, client: TikTokBusiness, account_id: str, video_id: str) -> str | None:
        query = business_creatives.CoverQuery(
            advertiser_id=account_id, video_id=video_id, poster_number=1
        )
        with told_errors():
            covers = send(client, business_creatives.FILE_VIDEO_SUGGESTCOVER, query).list
        return covers[0].id if covers else None


_OWN_KIND = business_ads.IdentityType.CUSTOMIZED_USER
_NOT_YET = "0"
"""Stands for an identity that isn't made before everything else is right."""


def _cover(cover_id: str | None) -> str | None:
    return None if cover_id is None else cover_id.removeprefix(_IMAGE)
