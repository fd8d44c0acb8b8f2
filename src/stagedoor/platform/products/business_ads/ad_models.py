"""Requests of ads."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from ...ads_vocabulary import AdFormat, CreativeMaterialMode, IdentityType, OperationStatus
from ...bounds import AtMost
from ...marks import PUBLISHED_TEXT
from ...model import AnyId, IntId, Request, fields_of, says
from ..business.common import AdvertiserRequest
from .answers import Ad
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
from .queries import SHOWN, FewIds, FieldNames, Filters, ListQuery

Images = Annotated[tuple[OtherId, ...], AtMost(35)]


class AdFilters(Filters):
    """Which ads."""

    adgroup_ids: Annotated[FewIds | None, says("1 to 100")] = None
    ad_ids: Annotated[FewIds | None, says("1 to 100")] = None
    ad_ids_v2: Annotated[
        FewIds | None, says("ids of manual or upgraded Smart+ ads, at most 100")
    ] = None
    ad_name: Annotated[str | None, says("a part of the name, in any case")] = None
    creative_material_mode: Annotated[
        Choice[CreativeMaterialMode] | None, says("CUSTOM by default, or SMART_CREATIVE")
    ] = None
    destination: Annotated[
        str | None, says("APP, TIKTOK_INSTANT_PAGE, WEBSITE, SOCIAL_MEDIA_APP or PHONE_CALL")
    ] = None
    modified_after: Annotated[Moment | None, says("good for an incremental sync")] = None


class AdQuery(ListQuery):
    """A page of ads, newest first."""

    fields: Annotated[
        Annotated[FieldNames, fields_of(Ad, ignored_at_tiktok=True)] | None, SHOWN
    ] = None
    filtering: Annotated[AdFilters | None, says("which ones; none: all that aren't deleted")] = None


class UtmParam(Request):
    """A parameter that is added to the landing page's URL."""

    key: Annotated[str, Field(min_length=1, max_length=100), says("at most 100 characters")]
    value: Annotated[str, Field(max_length=600), says("at most 600 characters")]


class ShowcaseProduct(Request):
    """A product of a creator's showcase."""

    item_group_id: Annotated[OtherId | None, says("the group of products")] = None
    store_id: Annotated[OtherId | None, says("the TikTok Shop")] = None
    catalog_id: Annotated[OtherId | None, says("the catalog")] = None


class CreativeFields(Request):
    """The content of an ad, and its landing page."""

    ad_format: Annotated[
        Choice[AdFormat] | None, says("needed unless the ad shows a catalog or a live")
    ] = None
    identity_authorized_bc_id: Annotated[AnyId | None, says("needed for BC_AUTH_TT")] = None
    video_id: Annotated[OtherId | None, says("the video of a SINGLE_VIDEO ad")] = None
    image_ids: Annotated[Images | None, says("the cover of a video, or the images")] = None
    music_id: Annotated[OtherId | None, says("needed for CAROUSEL_ADS")] = None
    tiktok_item_id: Annotated[AnyId | None, says("the creator's post that a Spark ad shows")] = None
    ad_text: Annotated[
        AdText | None,
        PUBLISHED_TEXT,
        says("at most 100 characters, of which CJK counts two; not for Spark ads"),
    ] = None
    call_to_action: Annotated[str | None, says("such as LEARN_MORE; this or call_to_action_id")] = (
        None
    )
    call_to_action_id: Annotated[
        OtherId | None, says("a set of calls to action; this or call_to_action")
    ] = None
    card_id: Annotated[OtherId | None, says("an interactive card")] = None
    landing_page_url: Annotated[
        str | None, says("http or https; needed for traffic and web goals")
    ] = None
    page_id: Annotated[IntId | None, says("an instant form or page")] = None
    utm_params: Annotated[
        Annotated[tuple[UtmParam, ...], AtMost(14)] | None,
        says("at most 14 objects of key and value"),
    ] = None
    deeplink: Annotated[str | None, says("a link into the app")] = None
    deeplink_type: Annotated[str | None, says("default NORMAL")] = None
    deeplink_format_type: Annotated[str | None, says("the form of the link")] = None
    fallback_type: Annotated[str | None, says("where people go who lack the app")] = None
    display_name: Annotated[str | None, says("the name that people see")] = None
    avatar_icon_web_uri: Annotated[str | None, says("the id of the picture of the account")] = None
    app_name: Annotated[str | None, says("the name of the app")] = None
    promotional_music_disabled: Annotated[
        bool | None, says("default true: the music may not be used by others")
    ] = None
    item_duet_status: Annotated[str | None, says("ENABLE or DISABLE duets")] = None
    item_stitch_status: Annotated[str | None, says("ENABLE or DISABLE stitches")] = None
    dark_post_status: Annotated[str | None, says("ON: not on the account's profile; or OFF")] = None
    creative_authorized: Annotated[bool | None, says("TikTok may show the ad as an example")] = None
    aigc_disclosure_type: Annotated[
        str | None, says("SELF_DISCLOSURE for content made by AI; default NOT_DECLARED")
    ] = None
    impression_tracking_url: Annotated[str | None, says("called for each impression")] = None
    click_tracking_url: Annotated[str | None, says("called for each click")] = None
    video_view_tracking_url: Annotated[str | None, says("called for each view of the video")] = None
    tracking_pixel_id: Annotated[IntId | None, says("a pixel that measures")] = None
    tracking_app_id: Annotated[OtherId | None, says("an app that measures")] = None
    tracking_offline_event_set_ids: Annotated[
        Listed[OtherId] | None, says("event sets that measure offline")
    ] = None
    operation_status: Annotated[
        Choice[OperationStatus] | None, says("ENABLE by default; DISABLE creates it paused")
    ] = None
    catalog_id: Annotated[OtherId | None, says("the catalog, for PRODUCT_SALES")] = None
    product_specific_type: Annotated[str | None, says("which products, for PRODUCT_SALES")] = None
    product_set_id: Annotated[OtherId | None, says("the set of products, for PRODUCT_SALES")] = None
    shopping_ads_video_package_id: Annotated[
        OtherId | None, says("the video template, for PRODUCT_SALES")
    ] = None
    vertical_video_strategy: Annotated[str | None, says("the kind of video, for PRODUCT_SALES")] = (
        None
    )
    dynamic_format: Annotated[str | None, says("the format of dynamic ads, for PRODUCT_SALES")] = (
        None
    )
    dynamic_destination: Annotated[
        str | None, says("where dynamic ads lead, for PRODUCT_SALES")
    ] = None
    item_group_ids: Annotated[
        Listed[OtherId] | None, says("groups of products, for PRODUCT_SALES")
    ] = None
    sku_ids: Annotated[Listed[OtherId] | None, says("products, for PRODUCT_SALES")] = None
    showcase_products: Annotated[
        Listed[ShowcaseProduct] | None, says("products of a showcase, for PRODUCT_SALES")
    ] = None


class NewCreative(CreativeFields):
    """A new ad."""

    ad_name: Annotated[AdName, says("an empty name lets TikTok make one from the ad's id")]
    identity_type: Annotated[Choice[IdentityType], says("the kind of account it appears under")]
    identity_id: Annotated[OtherId, says("the account it appears under: see `identities.list`")]


class NewAds(AdvertiserRequest):
    """New ads of one ad group: all are created, or none."""

    adgroup_id: Annotated[AnyId, says("the ad group")]
    creatives: Annotated[
        tuple[NewCreative, ...], AtMost(MAX_CREATIVES), Field(min_length=1), says("1 to 20 ads")
    ]


class ChangedCreative(CreativeFields):
    """An ad with its changed fields."""

    ad_id: Annotated[AnyId, says("the ad")]
    ad_name: Annotated[
        AdName | None, says("at most 512 characters; an empty name lets TikTok make one")
    ] = None
    identity_type: Annotated[Choice[IdentityType] | None, says("the kind of that account")] = None
    identity_id: Annotated[OtherId | None, says("the account that the ads appear under")] = None


class AdChanges(AdvertiserRequest):
    """Changes of ads of one ad group. A change of media or text is reviewed again."""

    adgroup_id: Annotated[AnyId, says("the ad group")]
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

    ad_ids: Annotated[
        FewStatuses | None, says("1 to 20, or aco_ad_ids; `switch` takes any number")
    ] = None
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
