"""The scope that each field of an account's profile and posts needs (field_scopes)."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_PROFILE_FIELDS = ("display_name", "profile_image")
DEFAULT_POST_FIELDS = ("item_id",)


def _by_field(**scopes: str) -> Mapping[str, str]:
    return {
        name: scope.replace("__", ".") for scope, names in scopes.items() for name in names.split()
    }


PROFILE_FIELDS = _by_field(
    user__info__basic="display_name profile_image",
    user__info__username="username",
    user__info__profile="profile_deep_link bio_description is_verified",
    user__info__stats="following_count followers_count total_likes videos_count",
    user__account__type="is_business_account",
    user__insights="video_views unique_video_views profile_views likes comments shares "
    "engaged_audience daily_total_followers daily_new_followers daily_lost_followers "
    "phone_number_clicks lead_submissions app_download_clicks bio_link_clicks email_clicks "
    "address_clicks audience_activity audience_ages audience_genders audience_countries "
    "audience_cities",
)
"""Scope by field of `business_get`."""
POST_FIELDS = _by_field(
    video__list="item_id media_type is_ad create_time caption thumbnail_url share_url embed_url "
    "likes comments shares favorites",
    video__insights="video_duration video_views reach total_time_watched average_time_watched "
    "full_video_watched_rate new_followers profile_views website_clicks phone_number_clicks "
    "lead_submissions app_download_clicks email_clicks address_clicks video_view_retention "
    "impression_sources audience_genders audience_countries audience_cities audience_types "
    "engagement_likes",
)
"""Scope by field of `business_video_list`."""
