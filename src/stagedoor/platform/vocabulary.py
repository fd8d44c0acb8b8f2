"""TikTok's words for what a thing is and where it stands, apart from the products that use them.

Posts, logins and exports carry these words, so who keeps such things needs no product's
declarations. Each word is also offered by its product (`posting.PrivacyLevel`).
"""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum


class PrivacyLevel(StrEnum):
    """Who may see a post. A creator offers some of these, by account: see CreatorInfo."""

    PUBLIC_TO_EVERYONE = "PUBLIC_TO_EVERYONE"
    MUTUAL_FOLLOW_FRIENDS = "MUTUAL_FOLLOW_FRIENDS"
    FOLLOWER_OF_CREATOR = "FOLLOWER_OF_CREATOR"
    SELF_ONLY = "SELF_ONLY"


class PublishStatus(StrEnum):
    """Where a post is; SEND_TO_USER_INBOX waits for the creator, the last two are final."""

    PROCESSING_UPLOAD = "PROCESSING_UPLOAD"
    PROCESSING_DOWNLOAD = "PROCESSING_DOWNLOAD"
    SEND_TO_USER_INBOX = "SEND_TO_USER_INBOX"
    PUBLISH_COMPLETE = "PUBLISH_COMPLETE"
    FAILED = "FAILED"


class CommercialLabel(StrEnum):
    """What a post is marked as. Only the first is shown in TikTok's docs."""

    PAID_PARTNERSHIP = "Paid partnership"
    PROMOTIONAL = "Promotional content"


class QrStatus(StrEnum):
    """Where a QR login is. The code is handed out once, with CONFIRMED."""

    NEW = "new"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    UTILISED = "utilised"


class Category(StrEnum):
    """What a person's data are asked for by; `all_data` stands for all and more."""

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
    """How far a request is."""

    PENDING = "pending"
    DOWNLOADING = "downloading"
    """Ready to be downloaded: the name is TikTok's."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class MediaType(IntEnum):
    IMAGE = 0
    VIDEO = 1


class Outcome(Enum):
    """What became of a share. UNCLEAR: saved as a draft, or posting isn't allowed (Android)."""

    SHARED = "shared"
    DRAFT = "draft"
    UNCLEAR = "unclear"
    CANCELLED = "cancelled"
    FAILED = "failed"
