"""Requests of ads."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from ...bounds import AtMost
from ...marks import PUBLISHED_TEXT
from ...model import AnyId, IntId, Request, says
from ..business.common import AdvertiserRequest
from .choices import AdFormat, CreativeMaterialMode, IdentityType, OperationStatus
from .common import (
    MAX_CREATIVES,
    AdName,
    AdText,
    Choice,
    FewStatuses,
    Listed,
    Moment,
    OtherId,
)
from .queries import FewIds, Filters, ListQuery

Images = Annotated[tuple[OtherId, ...], AtMost(35)]


class AdFilters(Filters):
    """Which ads."""

    adgroup_ids: Annotated[FewIds | None, says("1 to 100")] = None
    ad_ids: Annotated[FewIds | None, says("1 to 100")] = None
    ad_ids_v2: Annotated[
        FewIds | None, says("ids of manual or upgraded Smart+ ads, at most 100")
    ] = None
    ad_name: Annotated[str | None, says("a part of the name, in any case")] = None
    creative_material_mode: Choice[CreativeMaterialMode] | None = None
    destination: Annotated[
        str | None, says("APP, TIKTOK_INSTANT_PAGE, WEBSITE, SOCIAL_MEDIA_APP or PHONE_CALL")
    ] = None
    modified_after: Annotated[Moment | None, says("good for an incremental sync")] = None


class AdQuery(ListQuery):
    """A page of ads, newest first."""

    filtering: AdFilters | None = None


class CreativeFields(Request):
    """What an ad shows, and where it leads."""

    ad_format: Annotated[
        Choice[AdFormat] | None, says("needed unless the ad shows a catalog or a live")
    ] = None
    identity_authorized_bc_id: Annotated[OtherId | None, says("needed for BC_AUTH_TT")] = None
    video_id: Annotated[OtherId | None, says("the video of a SINGLE_VIDEO ad")] = None
    image_ids: Annotated[Images | None, says("the cover of a video, or the images")] = None
    music_id: Annotated[OtherId | None, says("needed for CAROUSEL_ADS")] = None
    tiktok_item_id: Annotated[OtherId | None, says("the creator's post that a Spark ad shows")] = (
        None
    )
    ad_text: Annotated[AdText | None, PUBLISHED_TEXT] = None
    call_to_action: Annotated[str | None, says("such as LEARN_MORE; this or call_to_action_id")] = (
        None
    )
    call_to_action_id: OtherId | None = None
    card_id: OtherId | None = None
    landing_page_url: Annotated[
        str | None, says("http or https; needed for traffic and web goals")
    ] = None
    page_id: Annotated[IntId | None, says("an instant form or page")] = None
    utm_params: Annotated[
        Annotated[tuple[dict[str, Any], ...], AtMost(14)] | None,
        says("at most 14 objects of key and value"),
    ] = None
    deeplink: str | None = None
    deeplink_type: str | None = None
    deeplink_format_type: str | None = None
    fallback_type: str | None = None
    display_name: str | None = None
    avatar_icon_web_uri: str | None = None
    app_name: str | None = None
    promotional_music_disabled: bool | None = None
    item_duet_status: str | None = None
    item_stitch_status: str | None = None
    dark_post_status: str | None = None
    creative_authorized: bool | None = None
    aigc_disclosure_type: str | None = None
    impression_tracking_url: str | None = None
    click_tracking_url: str | None = None
    video_view_tracking_url: str | None = None
    tracking_pixel_id: IntId | None = None
    tracking_app_id: OtherId | None = None
    tracking_offline_event_set_ids: Listed[OtherId] | None = None
    operation_status: Annotated[
        Choice[OperationStatus] | None, says("ENABLE by default; DISABLE creates it paused")
    ] = None
    catalog_id: OtherId | None = None
    product_specific_type: str | None = None
    product_set_id: OtherId | None = None
    shopping_ads_video_package_id: OtherId | None = None
    vertical_video_strategy: str | None = None
    dynamic_format: str | None = None
    dynamic_destination: str | None = None
    item_group_ids: Listed[OtherId] | None = None
    sku_ids: Listed[OtherId] | None = None
    showcase_products: Listed[dict[str, Any]] | None = None


class NewCreative(CreativeFields):
    """A new ad."""

    ad_name: Annotated[AdName, says("an empty name lets TikTok make one from the ad's id")]
    identity_type: Annotated[Choice[IdentityType], says("the kind of account it appears under")]
    identity_id: Annotated[OtherId, says("the account it appears under: see `identities.list`")]


class NewAds(AdvertiserRequest):
    """New ads of one ad group: all are created, or none."""

    adgroup_id: AnyId
    creatives: Annotated[
        tuple[NewCreative, ...], AtMost(MAX_CREATIVES), Field(min_length=1), says("1 to 20 ads")
    ]


class ChangedCreative(CreativeFields):
    """An ad with its changed fields."""

    ad_id: AnyId
    ad_name: AdName | None = None
    identity_type: Choice[IdentityType] | None = None
    identity_id: OtherId | None = None


class AdChanges(AdvertiserRequest):
    """Changes of ads of one ad group. A change of media or text is reviewed again."""

    adgroup_id: AnyId
    patch_update: Annotated[
        bool | None,
        says("True changes only the fields that are given; else those left out are reset"),
    ] = None
    creatives: Annotated[
        tuple[ChangedCreative, ...],
        AtMost(MAX_CREATIVES),
        Field(min_length=1),
        says("1 to 20 ads, each with its ad_id"),
    ]


class AdStatusChange(AdvertiserRequest):
    """A switch of several ads."""

    ad_ids: Annotated[FewStatuses | None, says("1 to 20; these or aco_ad_ids")] = None
    aco_ad_ids: Annotated[FewStatuses | None, says("1 to 20 ads that TikTok composes")] = None
    operation_status: Annotated[
        Choice[OperationStatus], says("ENABLE launches, DISABLE pauses, DELETE deletes for good")
    ]

    @model_validator(mode="after")
    def _some_ads(self) -> AdStatusChange:
        if bool(self.ad_ids) == bool(self.aco_ad_ids):
            raise ValueError("pass either ad_ids or aco_ad_ids")
        return self


class AdReviewQuery(AdvertiserRequest):
    """The ads whose reviews are read."""

    ad_ids: Annotated[FewStatuses, says("1 to 20")]
    lang: Annotated[str | None, says("the language of the reasons")] = None
