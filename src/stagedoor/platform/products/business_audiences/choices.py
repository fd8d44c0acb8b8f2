"""Enumerations of custom audiences, and their limits."""

from __future__ import annotations

from enum import StrEnum

MAX_AUDIENCES = 400
"""Custom audiences of an ad account."""
MIN_MATCHED = 1_000
"""People that must be matched before an audience can be used or changed."""
MIN_SEED = 100
"""People in the source of a lookalike audience."""
MAX_FILE_BYTES = 250_000_000
MAX_FILES = 49
"""Files of one call: TikTok advises fewer than 50."""
MAX_NAME = 128
MAX_RETENTION_DAYS = 365
EXPIRING_DAYS = 60
MAX_STREAM_NAME = 70
MATCHING_SECONDS = 48 * 3_600


class CalculateType(StrEnum):
    """The kind of identifiers in a file, and how they are hashed."""

    EMAIL_SHA256 = "EMAIL_SHA256"
    PHONE_SHA256 = "PHONE_SHA256"
    IDFA_SHA256 = "IDFA_SHA256"
    IDFA_MD5 = "IDFA_MD5"
    GAID_SHA256 = "GAID_SHA256"
    GAID_MD5 = "GAID_MD5"
    FIRST_SHA256 = "FIRST_SHA256"
    """Device ids of either system."""
    FIRST_MD5 = "FIRST_MD5"
    MULTIPLE_TYPES = "MULTIPLE_TYPES"
    """Several columns with a header."""


RETIRED = "FIRST_NORMAL"
"""A `calculate_type` of the past, for identifiers that aren't hashed."""


class IdSchema(StrEnum):
    """The kind of a streamed identifier. AAID is what elsewhere is called GAID."""

    IDFA_MD5 = "IDFA_MD5"
    AAID_MD5 = "AAID_MD5"
    IDFA_SHA256 = "IDFA_SHA256"
    AAID_SHA256 = "AAID_SHA256"
    EMAIL_SHA256 = "EMAIL_SHA256"
    PHONE_SHA256 = "PHONE_SHA256"


class UpdateAction(StrEnum):
    """The effect of a change on the people of the new files."""

    APPEND = "APPEND"
    REMOVE = "REMOVE"
    REPLACE = "REPLACE"


class AudienceSubType(StrEnum):
    NORMAL = "NORMAL"
    REACH_FREQUENCY = "REACH_FREQUENCY"


class ActionMode(StrEnum):
    APPLY = "Apply"
    DISCONNECT = "Disconnect"


class UsageMode(StrEnum):
    INCLUDE = "Include"
    EXCLUDE = "Exclude"


class LookalikeSize(StrEnum):
    """How close a lookalike audience stays to its source."""

    NARROW = "NARROW"
    BALANCED = "BALANCED"
    BROAD = "BROAD"


class MobileOs(StrEnum):
    ALL = "ALL"
    ANDROID = "ANDROID"
    IOS = "IOS"


class LookalikePlacement(StrEnum):
    """Where the people of a lookalike audience are looked for."""

    TIKTOK = "TikTok"
    PANGLE = "Pangle"
    NEWS_FEED = "TopBuzz & BuzzVideo"


class RuleAudienceType(StrEnum):
    """The source of a rule's events."""

    ENGAGEMENT = "ENGAGEMENT"
    ENGAGEMENT_ORGANIC_VIDEO = "ENGAGEMENT_ORGANIC_VIDEO"
    ENGAGEMENT_LIVE_VIDEO = "ENGAGEMENT_LIVE_VIDEO"
    APP = "APP"
    PIXEL = "PIXEL"
    LEAD_GENERATION = "LEAD_GENERATION"
    BUSINESS_ACCOUNT = "BUSINESS_ACCOUNT"
    TIKTOK_SHOP = "TIKTOK_SHOP"
    OFFLINE = "OFFLINE"


class StreamAction(StrEnum):
    """Whether a streamed audience is made or deleted."""

    CREATE = "create"
    DELETE = "delete"


class MappingAction(StrEnum):
    """Whether streamed people are added to audiences or taken out."""

    ADD = "add"
    DELETE = "delete"
