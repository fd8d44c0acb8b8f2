"""The values that requests and answers of reports name."""

from __future__ import annotations

from enum import StrEnum


class ReportType(StrEnum):
    """The kinds of reports."""

    BASIC = "BASIC"
    AUDIENCE = "AUDIENCE"
    PLAYABLE_MATERIAL = "PLAYABLE_MATERIAL"
    CATALOG = "CATALOG"
    BC = "BC"
    TT_SHOP = "TT_SHOP"


class DataLevel(StrEnum):
    """The objects that the rows of a report are about."""

    AD = "AUCTION_AD"
    AD_GROUP = "AUCTION_ADGROUP"
    CAMPAIGN = "AUCTION_CAMPAIGN"
    ADVERTISER = "AUCTION_ADVERTISER"


class ServiceType(StrEnum):
    AUCTION = "AUCTION"
    RESERVATION = "RESERVATION"


class SortOrder(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


class QueryMode(StrEnum):
    REGULAR = "REGULAR"
    CHUNK = "CHUNK"


class OutputFormat(StrEnum):
    """The form of a finished task's rows."""

    CSV_STRING = "CSV_STRING"
    CSV_DOWNLOAD = "CSV_DOWNLOAD"
    XLSX_DOWNLOAD = "XLSX_DOWNLOAD"


class TaskStatus(StrEnum):
    QUEUING = "QUEUING"
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


class FilterType(StrEnum):
    """How a filter compares."""

    IN = "IN"
    NOT_IN = "NOT_IN"
    CONTAIN_ANY_OF = "CONTAIN_ANY_OF"
    MATCH = "MATCH"
    GREATER_EQUAL = "GREATER_EQUAL"
    GREATER_THAN = "GREATER_THAN"
    LOWER_EQUAL = "LOWER_EQUAL"
    LOWER_THAN = "LOWER_THAN"
    BETWEEN = "BETWEEN"


class ReportStatus(StrEnum):
    """The states by which campaigns, ad groups and ads are filtered."""

    ALL = "STATUS_ALL"
    NOT_DELETE = "STATUS_NOT_DELETE"
    DELETE = "STATUS_DELETE"
    DISABLE = "STATUS_DISABLE"
    DELIVERY_OK = "STATUS_DELIVERY_OK"
    NOT_DELIVERY = "STATUS_NOT_DELIVERY"


class Dimension(StrEnum):
    """The values by which rows of a report are divided."""

    ADVERTISER = "advertiser_id"
    CAMPAIGN = "campaign_id"
    AD_GROUP = "adgroup_id"
    AD = "ad_id"
    DAY = "stat_time_day"
    HOUR = "stat_time_hour"
    COUNTRY = "country_code"
    GENDER = "gender"
    AGE = "age"
    PROVINCE = "province_id"
    CONNECTION = "ac"
    LANGUAGE = "language"
    PLATFORM = "platform"
    INTEREST = "interest_category"
    PLACEMENT = "placement"
    CONTEXTUAL_TAG = "contextual_tag"
    BUCKET = "bucket_id"
    AD_TYPE = "ad_type"
    EVENT_TYPE = "custom_event_type"
    EVENT_SOURCE = "event_source_id"
    PAGE = "page_id"
    COMPONENT = "component_name"
    ROOM = "room_id"
    POST = "post_id"
    IMAGE = "image_id"
    VIDEO_MATERIAL = "video_material_id"
    SEARCH_TERMS = "search_terms"
    SEARCH_KEYWORD = "search_keyword"
    MATCH_TYPE = "match_type"
    SKAN_SEQUENCE = "skan_postback_sequence"
    MINIS = "minis_id"
    UPGRADED_AD = "ad_id_v2"


IDS = {
    Dimension.ADVERTISER: DataLevel.ADVERTISER,
    Dimension.CAMPAIGN: DataLevel.CAMPAIGN,
    Dimension.AD_GROUP: DataLevel.AD_GROUP,
    Dimension.AD: DataLevel.AD,
    Dimension.UPGRADED_AD: DataLevel.AD,
}
"""The dimensions of objects, with the data level of their reports."""
TIMES = (Dimension.DAY, Dimension.HOUR)
AUDIENCES = (
    Dimension.GENDER,
    Dimension.AGE,
    Dimension.COUNTRY,
    Dimension.PROVINCE,
    Dimension.CONNECTION,
    Dimension.LANGUAGE,
    Dimension.PLATFORM,
    Dimension.INTEREST,
    Dimension.PLACEMENT,
    Dimension.CONTEXTUAL_TAG,
    Dimension.BUCKET,
)
"""The dimensions of audience reports."""
