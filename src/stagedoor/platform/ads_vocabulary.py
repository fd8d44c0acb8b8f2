"""Enumerations of campaigns, ad groups and ads, independent of the product that uses them.

Code that stores these values needs no declarations (`business-ads.yaml`, enums).
"""

from __future__ import annotations

from enum import StrEnum


class ObjectiveType(StrEnum):
    """The objective of a campaign; fixed once the campaign exists."""

    APP_PROMOTION = "APP_PROMOTION"
    WEB_CONVERSIONS = "WEB_CONVERSIONS"
    REACH = "REACH"
    TRAFFIC = "TRAFFIC"
    VIDEO_VIEWS = "VIDEO_VIEWS"
    PRODUCT_SALES = "PRODUCT_SALES"
    ENGAGEMENT = "ENGAGEMENT"
    LEAD_GENERATION = "LEAD_GENERATION"
    RF_REACH = "RF_REACH"
    BRAND_CONSIDERATION = "BRAND_CONSIDERATION"
    TOPVIEW_REACH = "TOPVIEW_REACH"
    """Only in answers."""


class BudgetMode(StrEnum):
    """The period of a budget."""

    INFINITE = "BUDGET_MODE_INFINITE"
    TOTAL = "BUDGET_MODE_TOTAL"
    DAY = "BUDGET_MODE_DAY"
    DYNAMIC_DAILY = "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"
    """One day may spend up to 125 % of the average, a week up to seven times the average."""


class CampaignType(StrEnum):
    REGULAR = "REGULAR_CAMPAIGN"
    IOS14 = "IOS14_CAMPAIGN"


class AppPromotionType(StrEnum):
    APP_INSTALL = "APP_INSTALL"
    APP_RETARGETING = "APP_RETARGETING"
    APP_PREREGISTRATION = "APP_PREREGISTRATION"
    APP_POSTS_PROMOTION = "APP_POSTS_PROMOTION"
    MINIS = "MINIS"
    UNSET = "UNSET"


class SalesDestination(StrEnum):
    TIKTOK_SHOP = "TIKTOK_SHOP"
    WEBSITE = "WEBSITE"
    APP = "APP"
    WEB_AND_APP = "WEB_AND_APP"


class BuyingType(StrEnum):
    AUCTION = "AUCTION"
    RESERVATION_RF = "RESERVATION_RF"
    RESERVATION_TOP_VIEW = "RESERVATION_TOP_VIEW"


class AutomationType(StrEnum):
    MANUAL = "MANUAL"
    SMART_PLUS = "SMART_PLUS"
    UPGRADED_SMART_PLUS = "UPGRADED_SMART_PLUS"


class PlacementType(StrEnum):
    AUTOMATIC = "PLACEMENT_TYPE_AUTOMATIC"
    NORMAL = "PLACEMENT_TYPE_NORMAL"


class Placement(StrEnum):
    TIKTOK = "PLACEMENT_TIKTOK"
    PANGLE = "PLACEMENT_PANGLE"
    GLOBAL_APP_BUNDLE = "PLACEMENT_GLOBAL_APP_BUNDLE"
    TOPBUZZ = "PLACEMENT_TOPBUZZ"
    HELO = "PLACEMENT_HELO"


class PromotionType(StrEnum):
    """The thing that an ad group promotes."""

    APP_ANDROID = "APP_ANDROID"
    APP_IOS = "APP_IOS"
    WEBSITE = "WEBSITE"
    LEAD_GENERATION = "LEAD_GENERATION"
    DIRECT_MESSAGE = "LEAD_GEN_CLICK_TO_TT_DIRECT_MESSAGE"
    SOCIAL_MEDIA_MESSAGE = "LEAD_GEN_CLICK_TO_SOCIAL_MEDIA_APP_MESSAGE"
    CALL = "LEAD_GEN_CLICK_TO_CALL"
    WEBSITE_OR_DISPLAY = "WEBSITE_OR_DISPLAY"
    TIKTOK_SHOP = "TIKTOK_SHOP"
    VIDEO_SHOPPING = "VIDEO_SHOPPING"
    LIVE_SHOPPING = "LIVE_SHOPPING"
    PSA_PRODUCT = "PSA_PRODUCT"
    EXTERNAL_OR_DISPLAY = "EXTERNAL_OR_DISPLAY"
    GAME = "GAME"


class BillingEvent(StrEnum):
    CPC = "CPC"
    CPM = "CPM"
    CPV = "CPV"
    OCPM = "OCPM"
    OCPC = "OCPC"
    GD = "GD"


class OptimizationGoal(StrEnum):
    CLICK = "CLICK"
    CONVERT = "CONVERT"
    INSTALL = "INSTALL"
    IN_APP_EVENT = "IN_APP_EVENT"
    SHOW = "SHOW"
    VIDEO_VIEW = "VIDEO_VIEW"
    REACH = "REACH"
    LEAD_GENERATION = "LEAD_GENERATION"
    CONVERSATION = "CONVERSATION"
    FOLLOWERS = "FOLLOWERS"
    PROFILE_VIEWS = "PROFILE_VIEWS"
    PAGE_VISITS = "PAGE_VISITS"
    VALUE = "VALUE"
    AUTOMATIC_VALUE = "AUTOMATIC_VALUE_OPTIMIZATION"
    GMV = "GMV"
    PURCHASES = "PURCHASES"
    INITIATE_CHECKOUTS = "INITIATE_CHECKOUTS"
    MT_LIVE_ROOM = "MT_LIVE_ROOM"
    PRODUCT_CLICK_IN_LIVE = "PRODUCT_CLICK_IN_LIVE"
    ENGAGED_VIEW = "ENGAGED_VIEW"
    ENGAGED_VIEW_FIFTEEN = "ENGAGED_VIEW_FIFTEEN"
    LANDING_PAGE_VIEW = "TRAFFIC_LANDING_PAGE_VIEW"
    CONVERSION_LEADS = "CONVERSION_LEADS"
    DESTINATION_VISIT = "DESTINATION_VISIT"
    PREFERRED_LEAD = "PREFERRED_LEAD"


class BidType(StrEnum):
    CUSTOM = "BID_TYPE_CUSTOM"
    NO_BID = "BID_TYPE_NO_BID"


class ScheduleType(StrEnum):
    FROM_NOW = "SCHEDULE_FROM_NOW"
    START_END = "SCHEDULE_START_END"


class Pacing(StrEnum):
    """How fast a budget is spent: evenly, or as fast as possible."""

    SMOOTH = "PACING_MODE_SMOOTH"
    FAST = "PACING_MODE_FAST"


class Gender(StrEnum):
    FEMALE = "GENDER_FEMALE"
    MALE = "GENDER_MALE"
    UNLIMITED = "GENDER_UNLIMITED"


class AgeGroup(StrEnum):
    AGE_13_17 = "AGE_13_17"
    AGE_18_24 = "AGE_18_24"
    AGE_25_34 = "AGE_25_34"
    AGE_35_44 = "AGE_35_44"
    AGE_45_54 = "AGE_45_54"
    AGE_55_100 = "AGE_55_100"


class BrandSafetyType(StrEnum):
    NO_BRAND_SAFETY = "NO_BRAND_SAFETY"
    EXPANDED_INVENTORY = "EXPANDED_INVENTORY"
    STANDARD_INVENTORY = "STANDARD_INVENTORY"
    LIMITED_INVENTORY = "LIMITED_INVENTORY"
    THIRD_PARTY = "THIRD_PARTY"


class CreativeMaterialMode(StrEnum):
    CUSTOM = "CUSTOM"
    SMART_CREATIVE = "SMART_CREATIVE"
    DYNAMIC = "DYNAMIC"


class IdentityType(StrEnum):
    """The kind of account that an ad appears under."""

    CUSTOMIZED_USER = "CUSTOMIZED_USER"
    """A name and a picture of the advertiser's own, without a TikTok account."""
    AUTH_CODE = "AUTH_CODE"
    """A creator whose Spark code the advertiser redeemed."""
    TT_USER = "TT_USER"
    """A TikTok account that is linked to the ad account."""
    BC_AUTH_TT = "BC_AUTH_TT"
    """A TikTok account that is linked to a Business Center."""


class AdFormat(StrEnum):
    SINGLE_VIDEO = "SINGLE_VIDEO"
    SINGLE_IMAGE = "SINGLE_IMAGE"
    CAROUSEL_ADS = "CAROUSEL_ADS"
    CATALOG_CAROUSEL = "CATALOG_CAROUSEL"
    LIVE_CONTENT = "LIVE_CONTENT"


class OperationStatus(StrEnum):
    """The switch of a campaign, ad group or ad."""

    ENABLE = "ENABLE"
    DISABLE = "DISABLE"
    DELETE = "DELETE"
    """Only in requests: deletes the object, for good."""
    FROZEN = "FROZEN"
    """Only in answers; it can't be enabled again."""


class PrimaryStatus(StrEnum):
    """A coarse filter of lists by status."""

    ALL = "STATUS_ALL"
    NOT_DELETE = "STATUS_NOT_DELETE"
    DELETE = "STATUS_DELETE"
    DELIVERY_OK = "STATUS_DELIVERY_OK"
    DISABLE = "STATUS_DISABLE"
    NOT_DELIVERY = "STATUS_NOT_DELIVERY"
    TIME_DONE = "STATUS_TIME_DONE"
    RF_CLOSED = "STATUS_RF_CLOSED"
    FROZEN = "STATUS_FROZEN"
    DELIVERY_PARTIAL = "STATUS_DELIVERY_PARTIAL"
    DELIVERY_CATALOG = "STATUS_DELIVERY_CATALOG"


class ReviewStatus(StrEnum):
    """The outcome of a review, by the placements and regions where an object may appear."""

    ALL_AVAILABLE = "ALL_AVAILABLE"
    PART_AVAILABLE = "PART_AVAILABLE"
    UNAVAILABLE = "UNAVAILABLE"


class AppealStatus(StrEnum):
    """The state of an appeal; the names of the last two are of low confidence."""

    NOT_APPEALED = "NOT_APPEALED"
    APPEALING = "APPEALING"
    APPEAL_SUCCESSFUL = "APPEAL_SUCCESSFUL"
    APPEAL_FAILED = "APPEAL_FAILED"


CALLS_TO_ACTION = (
    *("APPLY_NOW", "BOOK_NOW", "CALL_NOW", "CONTACT_US", "DOWNLOAD_NOW", "EXPERIENCE_NOW"),
    *("GET_QUOTE", "GET_SHOWTIMES", "GET_TICKETS_NOW", "INSTALL_NOW", "INTERESTED", "LEARN_MORE"),
    *("LISTEN_NOW", "ORDER_NOW", "PLAY_GAME", "PREORDER_NOW", "READ_MORE", "SEND_MESSAGE"),
    *("SHOP_NOW", "SIGN_UP", "SUBSCRIBE", "VIEW_NOW", "VIEW_PROFILE", "VISIT_STORE", "WATCH_LIVE"),
    *("WATCH_NOW", "JOIN_THIS_HASHTAG", "SHOOT_WITH_THIS_EFFECT", "VIEW_VIDEO_WITH_THIS_EFFECT"),
)
