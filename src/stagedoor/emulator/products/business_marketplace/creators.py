"""Creators by the older calls. Their numbers are those of TikTok One."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from stagedoor.platform.products.business_creators import CreatorSearch, CreatorSortField
from stagedoor.platform.products.business_marketplace import (
    MAX_FOUND,
    TcmAccounts,
    TcmAccountsQuery,
    TcmAudienceAge,
    TcmAudienceGender,
    TcmCreatorQuery,
    TcmCreatorSearch,
    TcmEngagementRate,
    TcmInvitation,
    TcmInvited,
    TcmOwnPostQuery,
    TcmOwnQuery,
    TcmPostQuery,
    TcmSimilarQuery,
    TcmSortField,
    TcmStatusQuery,
)

from ...calls import AdmittedCall, Refusal
from ...world import Creator, Video, World
from ...world.state import OPEN_POSTS
from ..business.paging import page_of
from ..business.times import written
from ..business_accounts import insights
from ..business_ads.checks import choice
from ..business_creators import accounts, creators, discovery, posts
from ..business_creators.state import (
    COUNTRIES,
    INVITATIONS,
    JOINED,
    MARKET_OF_CATEGORY,
    MIN_FOLLOWERS,
)
from .access import account_of

_RECENT = 30
_SIMILAR = 10
_DEFAULT_OWN = ("profile_image", "display_name")
_SORTED = {
    TcmSortField.FOLLOWERS: CreatorSortField.FOLLOWERS,
    TcmSortField.VIEWS: CreatorSortField.MEDIAN_VIEWS,
    TcmSortField.ENGAGEMENT: CreatorSortField.ENGAGEMENT_RATE,
    TcmSortField.RELEVANCE: CreatorSortField.RELEVANCE,
}
_RATES = {
    TcmEngagementRate.TO_5: (0.0, 0.05),
    TcmEngagementRate.TO_10: (0.05, 0.1),
    TcmEngagementRate.TO_15: (0.1, 0.15),
    TcmEngagementRate.TO_20: (0.15, 0.2),
    TcmEngagementRate.OVER_20: (0.2, 1.0),
}
_OVER_35 = ("35-44", "45-54", "55+")


def listed(call: AdmittedCall) -> TcmAccounts:
    """The marketplace accounts of the token's ad accounts."""
    request: TcmAccountsQuery = call.request
    found = accounts.listed(call).tto_tcm_account_ids
    rows, info = page_of(found, request.page, request.page_size)
    return TcmAccounts(tcm_account_ids=tuple(rows), page_info=info)


def connected(call: AdmittedCall) -> dict[str, Any]:
    """The one creator whose account the token is of."""
    app, _, creator = call.party
    return {"list": [shown(call, creator, app.client_key)]}


def discover(call: AdmittedCall) -> dict[str, Any]:
    """Creators that match every filter, at most 250; by default those with the most followers."""
    request: TcmCreatorSearch = call.request
    account_of(call)
    for name, known in (
        ("major_audience_gender", TcmAudienceGender),
        ("major_audience_age", TcmAudienceAge),
        ("engagement_rate", TcmEngagementRate),
        ("sort_field", TcmSortField),
    ):
        choice(name, getattr(request, name), known)
    for name in ("followers", "avg_views", "campaign_count"):
        least, most = getattr(request, f"min_{name}"), getattr(request, f"max_{name}")
        if least is not None and most is not None and least > most:
            raise Refusal("40002", f"min_{name}: More than max_{name}.")
    found = discovery.find(call.world, _search(request))
    kept = [one for one in found if _fits(call.world, request, one)][:MAX_FOUND]
    rows, info = page_of(kept, request.page, request.page_size)
    app_id = call.own_token.app_id
    return {
        "creators": [shown(call, one, app_id) for one in rows],
        "page_info": info.model_dump(),
    }


def _search(request: TcmCreatorSearch) -> CreatorSearch:
    """The same search by the fields of TikTok One."""
    gender, age = request.major_audience_gender, request.major_audience_age
    least, most = (
        (None, None)
        if request.engagement_rate is None
        else _RATES[TcmEngagementRate(request.engagement_rate)]
    )
    country, audience = request.country_code, request.major_audience_country_code
    return CreatorSearch(
        tto_tcm_account_id=request.tcm_account_id,
        country_codes=None if country is None else (country,),
        follower_country_codes=None if audience is None else (audience,),
        min_followers=request.min_followers,
        max_followers=request.max_followers,
        min_avg_views=request.min_avg_views,
        max_avg_views=request.max_avg_views,
        min_engagement_rate=least,
        max_engagement_rate=most,
        languages=request.languages,
        follower_gender_ratio=None if gender is None else str(gender).upper(),
        follower_age=None if age == TcmAudienceAge.OVER_35 else age,
        keyword_search=request.query,
        sort_field=_SORTED[TcmSortField(request.sort_field or TcmSortField.FOLLOWERS)],
    )


def _fits(world: World, request: TcmCreatorSearch, creator: Creator) -> bool:
    """The filters that TikTok One doesn't have."""
    least, most = request.min_campaign_count, request.max_campaign_count
    wanted = {one.casefold() for one in request.creator_categories or ()}
    return (
        (least is None or _campaigns(world, creator) >= least)
        and (most is None or _campaigns(world, creator) <= most)
        and (not wanted or topic(creator).casefold() in wanted)
        and (
            request.major_audience_age != TcmAudienceAge.OVER_35
            or _oldest(insights.audience(world, creator)["audience_ages"])
        )
    )


def _campaigns(world: World, creator: Creator) -> int:
    return len(world[INVITATIONS].by(JOINED, creator.id))


def _oldest(ages: Iterable[dict[str, Any]]) -> bool:
    """Whether most of an audience is 35 or older."""
    parts: dict[str, float] = {one["age"]: one["percentage"] for one in ages}
    older = sum(parts.pop(age, 0) for age in _OVER_35)
    return older > max(parts.values(), default=older)


def topic(creator: Creator) -> str:
    return creator.category.value.replace("_", " ").capitalize()


def public(call: AdmittedCall) -> dict[str, Any]:
    request: TcmCreatorQuery = call.request
    account_of(call)
    found = creators.named(call.world, request.handle_name)
    return shown(call, found, call.own_token.app_id)


def similar(call: AdmittedCall) -> dict[str, Any]:
    """Creators of the same category, those with the nearest number of followers first."""
    request: TcmSimilarQuery = call.request
    account_of(call)
    one = creators.named(call.world, request.handle_name)
    same = call.world.creators.by(MARKET_OF_CATEGORY, one.category)
    others = [other for other in same if other is not one]
    nearest = sorted(others, key=lambda other: abs(other.followers - one.followers))[:_SIMILAR]
    return {"creators": [shown(call, other, call.own_token.app_id) for other in nearest]}


def authorized(call: AdmittedCall) -> dict[str, Any]:
    """The account's own numbers; it needn't be in the marketplace."""
    request: TcmOwnQuery = call.request
    app, _, creator = call.party
    values = shown(call, creator, app.client_key)
    return {name: values[name] for name in dict.fromkeys(request.fields or _DEFAULT_OWN)}


def shown(call: AdmittedCall, creator: Creator, app_id: str) -> dict[str, Any]:
    """A creator as an app sees it."""
    world = call.world
    same = creators.shown(call, creator, app_id)
    recent = [] if creator.private else world.videos.by(OPEN_POSTS, creator.id)[:_RECENT]
    badges = ["PROFILE_COMPLETE"] if creator.bio else []
    badges += ["EXPERIENCED"] if _campaigns(world, creator) else []
    return {
        "creator_id": same["creator_id"],
        "handle_name": creator.username,
        "display_name": creator.display_name,
        "profile_image": same["profile_image"],
        "bio": creator.bio,
        "followers_count": creator.followers,
        "followings_count": creator.following,
        "videos_count": same["videos_count"],
        "likes_count": same["likes_count"],
        "is_on_vacation": False,
        "creator_rate": {
            "rate": same["creator_price"],
            "currency": creators.CURRENCY,
            "is_negotiable_type": False,
        },
        "location": creator.region,
        "topics": [topic(creator)],
        "creator_badges": badges,
        "audience_countries": same["audience_countries"],
        "audience_genders": same["audience_genders"],
        "audience_ages": same["audience_ages"],
        "audience_device": same["audience_devices"],
        "average_views": _average(post.views for post in recent),
        "average_likes": _average(post.likes for post in recent),
        "average_shares": _average(post.shares for post in recent),
        "average_comments": _average(post.comments for post in recent),
        "engagement_rate": same["engagement_rate"],
    }


def _average(counts: Iterable[int]) -> float:
    values = list(counts)
    return float(round(Decimal(sum(values)) / len(values), 2)) if values else 0.0


def status(call: AdmittedCall) -> dict[str, Any]:
    """Whether the owner of each handle is in the marketplace, invited, or not."""
    request: TcmStatusQuery = call.request
    account_of(call)
    return {
        "onboarding_status": [
            {"handle_name": handle, "status": creators.standing(call.world, handle)}
            for handle in dict.fromkeys(request.handle_names)
        ]
    }


def invite(call: AdmittedCall) -> TcmInvited:
    """Invite creators; those who fulfil the conditions come into the marketplace at once."""
    request: TcmInvitation = call.request
    account_of(call)
    inside: list[str] = []
    invited: list[str] = []
    reasons: dict[str, str] = {}
    for handle in dict.fromkeys(request.handle_names):
        person = call.world.named(handle)
        creator = None if person is None else call.world.creators.get(person.id)
        if creator is not None and creators.is_in(creator):
            inside.append(handle)
        elif (reason := _unfit(creator)) is not None or creator is None:
            reasons[handle] = reason or ""
        else:
            creator.onboarded = True
            invited.append(handle)
    return TcmInvited(
        in_tcm=tuple(inside),
        invited=tuple(invited),
        rejected=tuple(reasons),
        reject_reasons=reasons,
    )


_LEAST_INVITED = MIN_FOLLOWERS // 10
"""The fewest followers of a creator who can be invited; TikTok's number isn't published."""


def _unfit(creator: Creator | None) -> str | None:
    """Why a creator can't be invited; None: nothing speaks against it."""
    if creator is None:
        return "There is no creator with this handle."
    if creator.region not in COUNTRIES:
        return "The creator's country isn't supported."
    if creator.minor or creator.banned or creator.private:
        return "The creator isn't eligible."
    if creator.followers < _LEAST_INVITED:
        return f"The creator has fewer than {_LEAST_INVITED} followers."
    return None


def public_posts(call: AdmittedCall) -> dict[str, Any]:
    request: TcmPostQuery = call.request
    account_of(call)
    creator = creators.named(call.world, request.handle_name)
    return _posts(call, creator, call.own_token.app_id)


def own_posts(call: AdmittedCall) -> dict[str, Any]:
    app, _, creator = call.party
    return _posts(call, creator, app.client_key)


def _posts(call: AdmittedCall, creator: Creator, app_id: str) -> dict[str, Any]:
    request: TcmPostQuery | TcmOwnPostQuery = call.request
    page, cursor, more = posts.page(call, creator, request)
    return {
        "posts": [_post(call, creator, one, app_id) for one in page],
        "page_info": {"has_more": more, "cursor": cursor},
    }


def _post(call: AdmittedCall, creator: Creator, post: Video, app_id: str) -> dict[str, Any]:
    same = posts.shown(call, creator, post, app_id)
    engaged = post.likes + post.comments + post.shares
    names = ("display_name", "caption", "thumbnail_url", "embed_url", "likes", "comments")
    return {name: same[name] for name in ("video_id", *names, "shares", "video_views")} | {
        "engagement_count": engaged,
        "engagement_rate": round(min(1.0, engaged / post.views), 4) if post.views else 0.0,
        "create_time": written(post.created),
    }
