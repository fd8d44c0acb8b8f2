"""TikTok's enumerations of kinds and states, independent of the products that use them.

Posts, logins and exports have these values, so code that stores them needs no product's
declarations. Each enumeration is also exported by its product (`posting.PrivacyLevel`).
"""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum


class PrivacyLevel(StrEnum):
    """The audience of a post. The choices depend on the creator's account: see CreatorInfo."""

    PUBLIC_TO_EVERYONE = "PUBLIC_TO_EVERYONE"
    """Everybody."""
    MUTUAL_FOLLOW_FRIENDS = "MUTUAL_FOLLOW_FRIENDS"
    """Friends: people whom the creator follows, and who follow the creator."""
    FOLLOWER_OF_CREATOR = "FOLLOWER_OF_CREATOR"
    """The creator's followers."""
    SELF_ONLY = "SELF_ONLY"
    """The creator alone."""


class PublishStatus(StrEnum):
    """The state of a post; SEND_TO_USER_INBOX waits for the creator, the last two are final."""

    PROCESSING_UPLOAD = "PROCESSING_UPLOAD"
    PROCESSING_DOWNLOAD = "PROCESSING_DOWNLOAD"
    SEND_TO_USER_INBOX = "SEND_TO_USER_INBOX"
    PUBLISH_COMPLETE = "PUBLISH_COMPLETE"
    FAILED = "FAILED"


class CommercialLabel(StrEnum):
    """The commercial label of a post. Only the first is shown in TikTok's docs."""

    PAID_PARTNERSHIP = "Paid partnership"
    PROMOTIONAL = "Promotional content"


class QrStatus(StrEnum):
    """The state of a QR login. The code is returned once, with CONFIRMED."""

    NEW = "new"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    UTILISED = "utilised"


class Category(StrEnum):
    """A category of a person's data; `all_data` includes all the others and more."""

    ALL_DATA = "all_data"
    VIDEO = "video"
    PROFILE = "profile"
    ACTIVITY = "activity"
    DIRECT_MESSAGE = "direct_message"


class DataFormat(StrEnum):
    """`json`: one file; `text`: a tree of .txt files."""

    JSON = "json"
    TEXT = "text"


class ExportStatus(StrEnum):
    """The state of a request for data."""

    PENDING = "pending"
    DOWNLOADING = "downloading"
    """Ready for download: the name is TikTok's."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class MediaType(IntEnum):
    IMAGE = 0
    VIDEO = 1


class Outcome(Enum):
    """The outcome of a share. UNCLEAR: saved as a draft, or posting isn't allowed (Android)."""

    SHARED = "shared"
    DRAFT = "draft"
    UNCLEAR = "unclear"
    CANCELLED = "cancelled"
    FAILED = "failed"


class AdvertiserStatus(StrEnum):
    """The state of an ad account."""

    DISABLE = "STATUS_DISABLE"
    PENDING_CONFIRM = "STATUS_PENDING_CONFIRM"
    PENDING_VERIFIED = "STATUS_PENDING_VERIFIED"
    CONFIRM_FAIL = "STATUS_CONFIRM_FAIL"
    ENABLE = "STATUS_ENABLE"
    CONFIRM_FAIL_END = "STATUS_CONFIRM_FAIL_END"
    PENDING_CONFIRM_MODIFY = "STATUS_PENDING_CONFIRM_MODIFY"
    CONFIRM_MODIFY_FAIL = "STATUS_CONFIRM_MODIFY_FAIL"
    LIMIT = "STATUS_LIMIT"
    WAIT_FOR_BPM_AUDIT = "STATUS_WAIT_FOR_BPM_AUDIT"
    WAIT_FOR_PUBLIC_AUTH = "STATUS_WAIT_FOR_PUBLIC_AUTH"
    SELF_SERVICE_UNAUDITED = "STATUS_SELF_SERVICE_UNAUDITED"
    CONTRACT_PENDING = "STATUS_CONTRACT_PENDING"


class BusinessCategory(StrEnum):
    """The category of a business account."""

    ART_AND_CRAFTS = "ART_AND_CRAFTS"
    AUTOMOTIVE_AND_TRANSPORTATION = "AUTOMOTIVE_AND_TRANSPORTATION"
    BABY = "BABY"
    BEAUTY = "BEAUTY"
    CLOTHING_AND_ACCESSORIES = "CLOTHING_AND_ACCESSORIES"
    EDUCATION_AND_TRAINING = "EDUCATION_AND_TRAINING"
    ELECTRONICS = "ELECTRONICS"
    FINANCE_AND_INVESTING = "FINANCE_AND_INVESTING"
    FOOD_AND_BEVERAGE = "FOOD_AND_BEVERAGE"
    GAMING = "GAMING"
    HEALTH_AND_WELLNESS = "HEALTH_AND_WELLNESS"
    HOME_FURNITURE_AND_APPLIANCES = "HOME_FURNITURE_AND_APPLIANCES"
    MACHINERY_AND_EQUIPMENT = "MACHINERY_AND_EQUIPMENT"
    MEDIA_AND_ENTERTAINMENT = "MEDIA_AND_ENTERTAINMENT"
    PERSONAL_BLOG = "PERSONAL_BLOG"
    PETS = "PETS"
    PROFESSIONAL_SERVICES = "PROFESSIONAL_SERVICES"
    PUBLIC_ADMINISTRATION = "PUBLIC_ADMINISTRATION"
    REAL_ESTATE = "REAL_ESTATE"
    RESTAURANTS_AND_BARS = "RESTAURANTS_AND_BARS"
    SHOPPING_AND_RETAIL = "SHOPPING_AND_RETAIL"
    SOFTWARE_AND_APPS = "SOFTWARE_AND_APPS"
    SPORTS_FITNESS_AND_OUTDOORS = "SPORTS_FITNESS_AND_OUTDOORS"
    TRAVEL_AND_TOURISM = "TRAVEL_AND_TOURISM"
    OTHERS = "OTHERS"


class UrlPropertyStatus(IntEnum):
    """The outcome of the last check of a URL property."""

    UNCHECKED = 0
    VERIFIED = 1
    FAILED = 2
