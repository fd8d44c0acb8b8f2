"""Answers about reviews."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...ads_vocabulary import AppealStatus, ReviewStatus
from ...model import OPEN, Answer, Id, says
from .common import Time


class ReviewedImage(Answer):
    image_id: Id | None = None


class ReviewedVideo(Answer):
    video_id: Id | None = None


class ReviewedContent(Answer):
    """The part of an ad that a rejection is about."""

    content_type: Annotated[
        str | None, says("MODE_STRING, MODE_IMAGE, MODE_VIDEO or MODE_CAROUSEL_MUSIC")
    ] = None
    text_content: str | None = None
    image_content: ReviewedImage | None = None
    video_content: ReviewedVideo | None = None


class Rejected(Answer):
    """Why something was rejected, and what to change."""

    reasons: tuple[str, ...] = ()
    suggestion: str | None = None
    forbidden_ages: tuple[str, ...] = ()
    forbidden_locations: tuple[str, ...] = ()
    forbidden_placements: tuple[str, ...] = ()
    content_info: ReviewedContent | None = None


class ReviewResult(Answer):
    """The outcome of a review."""

    is_approved: bool | None = None
    review_status: Annotated[ReviewStatus | str | None, OPEN] = None
    appeal_status: Annotated[AppealStatus | str | None, OPEN, says("always None for an ad")] = None
    forbidden_placements: tuple[str, ...] = ()
    forbidden_ages: tuple[str, ...] = ()
    forbidden_locations: tuple[str, ...] = ()
    forbidden_operation_systems: tuple[str, ...] = ()
    last_audit_time: Annotated[Time | None, says("only of a rejection")] = None
    reject_info: tuple[Rejected, ...] | None = None


class AdGroupReview(ReviewResult):
    """The outcome of an ad group's review."""

    adgroup_id: Id
    contains_rejected_ads: bool | None = None


class AdReview(ReviewResult):
    """The outcome of an ad's review."""

    ad_id: Id


class AdGroupReviews(Answer):
    """Reviews by ad group, and of their ads by ad group and ad. Pending ones are left out."""

    ad_group_review_map: dict[str, AdGroupReview] = Field(default_factory=dict)
    ad_review_map: dict[str, dict[str, AdReview]] = Field(default_factory=dict)


class AdReviews(Answer):
    """Reviews by ad. Pending ones are left out."""

    ad_review_map: dict[str, AdReview] = Field(default_factory=dict)
