"""JSON of creatives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from ..ads.creative_ids import CreativeKind
from ..shapes import AccountId, Model, ResponseModel, example, moment
from .creative import Creative, CreativeSource, CreativeState
from .service import Added


class NewPostCreative(Model):
    """An own published post that ads are to show."""

    model_config = example(
        accountId="7000000000000000001", publishId="4a6e8c0d2f1b4d7e9a3c5b7d9f1e3a5c"
    )

    account_id: AccountId
    """The advertiser's id, as `GET /api/ads/accounts` lists it."""
    publish_id: Annotated[str, Field(min_length=1, max_length=64)]
    """The id of a post of the organisation that is published."""


class CreativeShown(ResponseModel):
    """A creative of an ad account."""

    creative_id: str
    """The id that ads name as `creativeId`."""
    account_id: str
    """The advertiser's id."""
    kind: CreativeKind
    """`video`, `image`, or `post`: an ad that shows the TikTok post itself."""
    status: CreativeState
    """`processing`: TikTok works on a video; `ready`: ads can show it; `failed`: TikTok couldn't
    process it."""
    source: CreativeSource
    """`file`: an uploaded file; `post`: the post itself; `postMedia`: the post's kept file,
    uploaded for ads."""
    publish_id: str | None
    """The post that it was made of; null: it was made of a file."""
    name: str
    """The name of the file, or the post's title."""
    width: int | None
    """Pixels; null: not known yet, or a post."""
    height: int | None
    """Pixels; null: not known yet, or a post."""
    seconds: float | None
    """The length of a video; null: not known yet, or none."""
    size: int | None
    """The size of the file in bytes; null: not known yet, or a post."""
    created_at: datetime
    """When it was made here, RFC 3339 in UTC."""
    note: str | None = None
    """Why a post's file was uploaded instead of showing the post; null otherwise, and in lists."""

    @classmethod
    def of(cls, creative: Creative, note: str | None = None) -> Self:
        facts = creative.facts
        return cls(
            creative_id=creative.creative_id or "",
            account_id=creative.account,
            kind=creative.kind,
            status=creative.state,
            source=creative.source,
            publish_id=creative.post,
            name=creative.name,
            width=facts.get("width"),
            height=facts.get("height"),
            seconds=facts.get("duration"),
            size=facts.get("size"),
            created_at=moment(creative.created),
            note=note,
        )

    @classmethod
    def added(cls, added: Added) -> Self:
        return cls.of(added.creative, added.note)


class CreativesShown(ResponseModel):
    """A page of creatives."""

    creatives: list[CreativeShown]
    """The creatives, newest first."""
    next_cursor: str | None
    """The cursor of the next page; null on the last one."""
