"""Conversions of files to formats that posts take."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import Field

from ..api import CallerIs, NewId, needs, router
from ..documented import raises
from ..errors import ObjectNotFound
from ..fair_queue import Owner, TooManyAtOnce
from ..provided import provided
from ..shapes import Model, ResponseModel, example, moment
from ..tenants.roles import Role
from .blocking_slots import Busy
from .conversion import Difference
from .conversions import (
    Conversion,
    Conversions,
    ConversionState,
    NoConversion,
    NotConvertible,
    PreviewedConversion,
)
from .errors import STORE_ERRORS, MediaGone
from .service import MediaKind, MediaService

ROUTER: APIRouter = router("/api/media", tags=["media library"])

ConversionsAre = Annotated[Conversions, provided(Conversions)]
MediaIs = Annotated[MediaService, provided(MediaService)]
_ERRORS = (ObjectNotFound, MediaGone, Busy, TooManyAtOnce, *STORE_ERRORS)


class DifferenceShown(ResponseModel):
    """One property that a conversion changes."""

    what: str
    """`container`, `codec`, `size` (pixels), or `frameRate` (frames a second)."""
    before: str
    """The file's value."""
    after: str
    """The value after the conversion."""

    @classmethod
    def of(cls, difference: Difference) -> Self:
        return cls(what=difference.what, before=difference.before, after=difference.after)


class ConversionPreview(ResponseModel):
    """The changes that a conversion would make."""

    media_id: str
    """The file."""
    kind: MediaKind
    """`video` or `photo`."""
    fits: bool
    """Whether posts take the file as it is: then there is nothing to convert."""
    problems: list[str]
    """Why posts don't take it."""
    convertible: bool
    """Whether a conversion helps."""
    obstacles: list[str]
    """Why no conversion helps, such as a length that TikTok doesn't take."""
    changes: list[DifferenceShown]
    """The changes that the conversion would make. The picture is encoded anew, so a little of its
    quality is lost; sound becomes AAC."""
    seconds: float | None
    """The length of a video, which stays; null: a photo, or unknown."""

    @classmethod
    def of(cls, preview: PreviewedConversion) -> Self:
        plan = preview.plan
        return cls(
            media_id=preview.medium.id,
            kind=preview.medium.kind,
            fits=not preview.problems,
            problems=list(preview.problems),
            convertible=plan.target is not None,
            obstacles=list(plan.obstacles),
            changes=[DifferenceShown.of(one) for one in plan.differences],
            seconds=preview.facts.get("seconds"),
        )


class ConvertMedia(Model):
    """A conversion to begin."""

    model_config = example(name="Summer, for TikTok")

    name: Annotated[str, Field(max_length=200)] = ""
    """The name of the new file in the media library."""


_UNNAMED = ConvertMedia()


class ConversionShown(ResponseModel):
    """A conversion."""

    conversion_id: str
    """The id of the conversion."""
    source_media_id: str
    """The file that is converted; it stays as it is."""
    media_id: str
    """The new file of the media library, which is complete once the conversion is done."""
    status: ConversionState
    """`waiting`, also while it is at work; `done`; `failed`."""
    problem: str | None
    """Why it failed, or why it is tried again."""
    created_at: datetime
    """When it was asked for, RFC 3339 in UTC."""
    ended_at: datetime | None
    """When it ended; null: it hasn't."""

    @classmethod
    def of(cls, conversion: Conversion) -> Self:
        return cls(
            conversion_id=conversion.id,
            source_media_id=conversion.source,
            media_id=conversion.target,
            status=conversion.state,
            problem=conversion.problem,
            created_at=moment(conversion.created),
            ended_at=moment(conversion.ended),
        )


@ROUTER.get("/{media_id}/conversion", dependencies=[needs(Role.VIEWER)])
@raises(*_ERRORS)
async def preview_conversion(
    caller: CallerIs, conversions: ConversionsAre, media: MediaIs, media_id: str
) -> ConversionPreview:
    """Say what a conversion of an uploaded file to a format that posts take would change: of the
    media library, or of a draft."""
    work = partial(conversions.preview, caller.org, media_id)
    found = await asyncio.wrap_future(media.slow.submit(Owner(caller.org), work))
    return ConversionPreview.of(found)


@ROUTER.post("/{media_id}/convert", dependencies=[needs(Role.MEMBER)])
@raises(NotConvertible, *_ERRORS)
async def convert_media(
    caller: CallerIs,
    conversions: ConversionsAre,
    media: MediaIs,
    new_id: NewId,
    media_id: str,
    body: ConvertMedia = _UNNAMED,
) -> ConversionShown:
    """Convert an uploaded file into a new file of the media library. It takes about as long as the
    video plays; the file itself stays as it is."""
    work = partial(conversions.begin, caller.org, new_id, media_id, body.name)
    begun = await asyncio.wrap_future(media.slow.submit(Owner(caller.org), work))
    return ConversionShown.of(begun)


@ROUTER.get("/conversions/{conversion_id}", dependencies=[needs(Role.VIEWER)])
@raises(NoConversion)
def show_conversion(
    caller: CallerIs, conversions: ConversionsAre, conversion_id: str
) -> ConversionShown:
    """Show a conversion."""
    return ConversionShown.of(conversions.get(caller.org, conversion_id))
