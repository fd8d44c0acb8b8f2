"""Fields, bounds and texts of the Research API."""

from __future__ import annotations

from ...operation import Quota

VIDEO_FIELDS = (
    "id",
    "video_description",
    "create_time",
    "region_code",
    "share_count",
    "view_count",
    "like_count",
    "comment_count",
    "music_id",
    "hashtag_names",
    "username",
    "effect_ids",
    "playlist_id",
    "voice_to_text",
    "is_stem_verified",
    "favorites_count",
    "video_duration",
    "hashtag_info_list",
    "sticker_info_list",
    "effect_info_list",
    "video_mention_list",
    "video_label",
    "video_tag",
)
_QUERY_ONLY = ("effect_ids", "playlist_id", "voice_to_text")
USER_VIDEO_FIELDS = tuple(name for name in VIDEO_FIELDS if name not in _QUERY_ONLY)
"""Fields of liked, pinned and reposted videos."""

USER_FIELDS = (
    "display_name",
    "bio_description",
    "avatar_url",
    "is_verified",
    "follower_count",
    "following_count",
    "likes_count",
    "video_count",
    "bio_url",
)
COMMENT_FIELDS = (
    "id",
    "video_id",
    "text",
    "like_count",
    "reply_count",
    "parent_comment_id",
    "create_time",
)

MAX_PAGE = 100
DEFAULT_PAGE = 20
DEFAULT_COMMENTS = 10
MAX_COMMENTS = 1_000
"""Only this many of a video's comments, the first, can be read."""
MAX_PINS = 3
"""The most pinned videos that TikTok's app allows (low confidence)."""

GENERAL = Quota("general", requests=1_000, records=100_000)
PEOPLE = Quota("followers_following", requests=20_000, records=2_000_000)
QUOTAS = (GENERAL, PEOPLE)

# research.yaml observed_messages: the fragments that clients match on
SEARCH_ID_INVALID = "is invalid or expired"
PAGING_INVALID = "Invalid count or cursor"
USER_UNKNOWN = "is invalid: cannot find the user"
USER_OUT_OF_SCOPE = "API cannot return this user's information"
USER_PRIVATE = "is private"
LIKES_PRIVATE = "information cannot be returned"
