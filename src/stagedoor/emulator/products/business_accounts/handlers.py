"""The operations on an account's profile, insights, posts and publishing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from stagedoor.platform.products import business_accounts
from stagedoor.platform.products.business_accounts import (
    DEFAULT_POSTS,
    LOOK_BACK_DAYS,
    PROFILE_FIELDS,
    AccountPostQuery,
    AccountQuery,
    DailyInsights,
    PostMediaType,
    PostSettings,
)

from ... import cdn, links
from ...calls import AdmittedCall, Handlers, Refusal
from ...world import Video
from ...world.state import LIKES_OF_POSTS, OPEN_POSTS
from ..display.handlers import public_page
from ..posting.handlers import levels
from . import callbacks, insights, market, properties, publishing, spark

_WEEK = timedelta(days=7)
_DAILY = frozenset(DailyInsights.model_fields) - {"date"}
_INSIGHTS = frozenset(
    name for name, scope in business_accounts.POST_FIELDS.items() if scope == "video.insights"
)


def profile(call: AdmittedCall) -> dict[str, Any]:
    """The profile as of now, and the insights of each day until yesterday."""
    request: AccountQuery = call.request
    world, creator = call.world, call.party[2]
    first, last = _days(call, request)
    wanted = dict.fromkeys(request.fields)
    values: dict[str, Any] = {
        "is_business_account": creator.business,
        "profile_image": cdn.avatar_url(world, call.base_url, creator),
        "display_name": creator.display_name,
        "username": creator.username,
        "profile_deep_link": links.profile(creator),
        "bio_description": creator.bio,
        "is_verified": creator.verified,
        "following_count": creator.following,
        "followers_count": creator.followers,
        "total_likes": world.videos.total(LIKES_OF_POSTS, creator.id),
        "videos_count": 0 if creator.private else len(world.videos.by(OPEN_POSTS, creator.id)),
    }
    if any(name.startswith("audience_") for name in wanted):
        values |= insights.audience(world, creator)
    shown = {name: values[name] for name in wanted if name in values}
    daily = [name for name in wanted if name in _DAILY]
    if any(PROFILE_FIELDS[name] == "user.insights" for name in daily) or (
        "followers_count" in daily and _may_read_insights(call)
    ):
        numbers = insights.DailyNumbers(world, creator, first, last)
        shown["metrics"] = [
            _kept(numbers.on(day), daily) | {"date": day.isoformat()}
            for day in insights.days(first, last)
        ]
    return shown


def _may_read_insights(call: AdmittedCall) -> bool:
    return call.token is not None and "user.insights" in call.token.scopes


def _days(call: AdmittedCall, request: AccountQuery) -> tuple[date, date]:
    today = insights.day_of(call.now)
    first = request.start_date or today - _WEEK
    last = request.end_date or today - timedelta(days=1)
    if first < today - timedelta(days=LOOK_BACK_DAYS):
        raise Refusal("40002", f"start_date: More than {LOOK_BACK_DAYS} days ago.")
    if last < first:
        raise Refusal("40002", "end_date: Before start_date.")
    # insights come a day later
    return first, min(last, today - timedelta(days=1))


def _kept(values: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def posts(call: AdmittedCall) -> dict[str, Any]:
    """The account's public posts, newest first; with ids, those of them."""
    request: AccountPostQuery = call.request
    size = request.max_count or DEFAULT_POSTS
    ids = request.filters.video_ids if request.filters is not None else None
    if ids is None:
        page, cursor, more = public_page(call, request.cursor, size)
    else:
        page, cursor, more = _with_ids(call, ids)[:size], 0, False
        if request.filters is not None and request.filters.ad_post_only:
            page = [post for post in page if _is_ad(call, post)]
    return {
        "videos": [_post(call, post, request.fields) for post in page],
        "cursor": cursor,
        "has_more": more,
    }


def _with_ids(call: AdmittedCall, ids: tuple[str, ...]) -> list[Video]:
    """The account's posts with these ids, also those for ads alone; others are left out."""
    world, creator = call.world, call.party[2]
    known = (world.videos.get(one) for one in dict.fromkeys(ids))
    found = [
        post
        for post in known
        if post is not None
        and post.creator_id == creator.id
        and not post.deleted
        and (world.is_public(post) or post.ads_only)
    ]
    return sorted(found, key=lambda post: -post.created)


def _is_ad(call: AdmittedCall, post: Video) -> bool:
    return post.ads_only or spark.is_used(call.world, post.id)


def _post(call: AdmittedCall, post: Video, names: tuple[str, ...]) -> dict[str, Any]:
    world = call.world
    app, _, creator = call.party
    values: dict[str, Any] = {
        "item_id": post.id,
        "media_type": PostMediaType.PHOTO if post.photos else PostMediaType.VIDEO,
        "is_ad": _is_ad(call, post),
        "create_time": str(int(post.created)),
        "caption": post.title,
        "thumbnail_url": cdn.cover_url(world, call.base_url, post, call.now),
        "share_url": links.share(creator, post, app.client_key),
        "embed_url": links.embed(post, app.client_key),
        "likes": post.likes,
        "comments": post.comments,
        "shares": post.shares,
        "favorites": post.favorites,
    }
    if not _INSIGHTS.isdisjoint(names):
        values |= insights.of_post(world, creator, post)
    return {name: values[name] for name in dict.fromkeys(names) if name in values}


def settings(call: AdmittedCall) -> PostSettings:
    creator = call.party[2]
    return PostSettings(
        privacy_level_options=levels(creator),
        comment_disabled=creator.comment_disabled,
        duet_disabled=creator.private or creator.duet_disabled,
        stitch_disabled=creator.private or creator.stitch_disabled,
        max_video_post_duration_sec=creator.max_video_seconds,
    )


HANDLERS: Handlers = {
    **callbacks.HANDLERS,
    **market.HANDLERS,
    **properties.HANDLERS,
    **publishing.HANDLERS,
    **spark.HANDLERS,
    business_accounts.BUSINESS_GET: profile,
    business_accounts.BUSINESS_VIDEO_LIST: posts,
    business_accounts.BUSINESS_VIDEO_SETTINGS: settings,
}
