"""Averages of a category's accounts, and hashtags of public posts."""

from __future__ import annotations

from collections import Counter

from stagedoor.platform.products import business_accounts
from stagedoor.platform.products.business_accounts import (
    Benchmark,
    BenchmarkQuery,
    HashtagQuery,
    HashtagSuggestion,
    HashtagSuggestions,
)
from stagedoor.platform.vocabulary import BusinessCategory

from ...calls import AdmittedCall, Handlers, Refusal
from ..community.state import FOLLOWERS, FOLLOWS
from ..research.state import hashtags_in
from .insights import DAY, follows_since
from .state import ACCOUNTS_OF_CATEGORY, NUMBERS_OF_POSTS, POSTS_BY_HASHTAG

_MONTH = 30 * DAY
_MOST = 20
_NUMBERS = ("views", "likes", "comments", "shares", "posts")


def benchmark(call: AdmittedCall) -> Benchmark:
    """Averages over the category's public accounts; of the last month for the growth."""
    request: BenchmarkQuery = call.request
    world = call.world
    try:
        category = BusinessCategory(request.business_category)
    except ValueError:
        names = ", ".join(BusinessCategory)
        raise Refusal("40002", f"business_category: Must be one of: {names}.") from None
    creators = world.creators.by(ACCOUNTS_OF_CATEGORY, category.value)
    sums = Counter[str]()
    for creator in creators:
        for name in _NUMBERS:
            sums[name] += world.videos.total(NUMBERS_OF_POSTS, (creator.id, name))
        sums["followers"] += creator.followers
        follows = world[FOLLOWS].by(FOLLOWERS, creator.id)
        sums["growth"] += follows_since(follows, call.now - _MONTH)
    count = max(1, len(creators))
    engaged = sums["likes"] + sums["comments"] + sums["shares"]
    return Benchmark(
        business_category=category,
        average_likes=round(sums["likes"] / count, 2),
        average_comments=round(sums["comments"] / count, 2),
        average_shares=round(sums["shares"] / count, 2),
        average_video_views=round(sums["views"] / count, 2),
        average_video_count=round(sums["posts"] / count, 2),
        average_follower_count=round(sums["followers"] / count, 2),
        average_follower_growth=round(sums["growth"] / count, 2),
        average_engagement_rate=round(engaged / max(1, sums["views"]), 4),
    )


def suggestions(call: AdmittedCall) -> HashtagSuggestions:
    """Hashtags of public posts that begin with the keyword, the most viewed first."""
    request: HashtagQuery = call.request
    beginning = request.keyword.removeprefix("#").casefold()
    views = Counter[str]()
    for post in call.world.videos.by(POSTS_BY_HASHTAG, beginning):
        if not call.world.is_public(post):
            continue
        for name in {one.casefold() for one in hashtags_in(post.title)}:
            if name.startswith(beginning):
                views[name] += post.views
    ordered = sorted(views.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    return HashtagSuggestions(
        suggestions=tuple(HashtagSuggestion(name=name, view_count=n) for name, n in ordered)
    )


HANDLERS: Handlers = {
    business_accounts.BUSINESS_BENCHMARK: benchmark,
    business_accounts.BUSINESS_HASHTAG_SUGGESTION: suggestions,
}
