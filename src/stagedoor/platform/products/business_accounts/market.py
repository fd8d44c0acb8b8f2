"""Averages of business categories, and suggestions of hashtags."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...model import HINTED, OPEN, Answer, says
from ...operation import Retry
from ...vocabulary import BusinessCategory as BusinessCategory
from ..business.common import COMMON_ACCOUNT, PREFIX, AccountRequest
from ..business.product import GRANTABLE_HOLDER


class BenchmarkQuery(AccountRequest):
    """The category whose averages are read."""

    business_category: Annotated[
        BusinessCategory | str, OPEN, HINTED, says("such as FOOD_AND_BEVERAGE")
    ]


class Benchmark(Answer):
    """Averages over the accounts of a category."""

    business_category: Annotated[BusinessCategory | str | None, OPEN] = None
    average_likes: float | None = None
    average_comments: float | None = None
    average_shares: float | None = None
    average_video_views: float | None = None
    average_video_count: float | None = None
    average_follower_count: float | None = None
    average_follower_growth: float | None = None
    average_engagement_rate: Annotated[
        float | None, says("likes, comments and shares by views")
    ] = None


class HashtagQuery(AccountRequest):
    """The word for which hashtags are suggested."""

    keyword: Annotated[str, Field(min_length=1, max_length=100), says("the beginning of a hashtag")]
    language: Annotated[str | None, says("such as en, the default")] = None


class HashtagSuggestion(Answer):
    """A suggested hashtag."""

    name: str | None = None
    view_count: int | None = None


class HashtagSuggestions(Answer):
    """Suggested hashtags, the most viewed first."""

    suggestions: tuple[HashtagSuggestion, ...] = ()


BUSINESS_BENCHMARK = GRANTABLE_HOLDER.operation(
    "business_benchmark",
    "GET",
    f"{PREFIX}/business/benchmark/",
    request=BenchmarkQuery,
    response=Benchmark,
    summary="Read the averages of a business category",
    action="Read benchmarks",
    retry=Retry.SAFE,
    errors=COMMON_ACCOUNT,
    confidence="medium",
    source="business-accounts.yaml business_benchmark",
)

BUSINESS_HASHTAG_SUGGESTION = GRANTABLE_HOLDER.operation(
    "business_hashtag_suggestion",
    "GET",
    f"{PREFIX}/business/hashtag/suggestion/",
    request=HashtagQuery,
    response=HashtagSuggestions,
    summary="Suggest hashtags that begin with a word",
    action="Read benchmarks",
    retry=Retry.SAFE,
    errors=COMMON_ACCOUNT,
    confidence="medium",
    source="business-accounts.yaml business_hashtag_suggestion",
)
