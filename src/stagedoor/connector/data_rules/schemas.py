"""Bodies of the routes of rules for data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, Strict

from stagedoor.platform.reasons import formed

from ..data_kinds import DataKind
from ..idempotency import ShownOnce
from ..shapes import Model, ResponseModel, example, moment
from .persons import FoundKind, PersonErasure
from .settings import DAYS_AFTER_REMOVAL, Retention

_HANDLE = formed(
    r"^@?[A-Za-z0-9_.]{2,64}$",
    "should be a handle: 2 to 64 letters, digits, underscores and dots",
)
_Username = Annotated[str, Field(pattern=_HANDLE)]
_ID = formed(
    r"^[A-Za-z0-9_.\-]{6,128}$",
    "should be an id: 6 to 128 letters, digits, hyphens, underscores and dots",
)
_Id = Annotated[str, Field(pattern=_ID)]
_Days = Annotated[int, Strict(), Field(ge=1, le=36_500)]


class RetentionBody(Model):
    model_config = example(days={"videoMetrics": 400, "notices": None}, daysAfterRemoval=7)

    days: Annotated[dict[str, _Days | None], Field(max_length=100)] = Field(default_factory=dict)
    """By kind the days that data is kept, null for without end. A kind that isn't named has its
    default."""
    days_after_removal: Annotated[int, Field(ge=0, le=DAYS_AFTER_REMOVAL)] = DAYS_AFTER_REMOVAL
    """The days after which TikTok's data of an account goes whose authorization was removed."""


class DataKindShown(ResponseModel):
    """A kind of data, and how long it is kept."""

    kind: str
    """The name of the kind."""
    words: str
    """A description of the data."""
    days: int | float | None
    """The days that it is kept; null: without end."""
    default_days: int | float | None
    """The days without a setting of the organisation; null: without end."""
    least_days: int | None
    """The shortest time that may be set; null: it can't be set."""
    most_days: int | None
    """The longest time that may be set; null: it can't be set."""
    may_be_unlimited: bool
    """Whether null may be set: without end."""
    after_removal: str
    """Its fate when the authorization of an account is removed."""

    @classmethod
    def of(cls, kind: DataKind, chosen: Retention) -> Self:
        keep = kind.keep
        return cls(
            kind=kind.name,
            words=kind.words,
            days=chosen.of(kind),
            default_days=keep.default,
            least_days=keep.least,
            most_days=keep.most,
            may_be_unlimited=keep.unlimited,
            after_removal=kind.after_removal,
        )


class RetentionShown(ResponseModel):
    """How long the organisation's data is kept."""

    kinds: list[DataKindShown]
    """Every kind of data that is kept."""
    days_after_removal: int
    """The days after which TikTok's data of an account goes whose authorization was removed."""

    @classmethod
    def of(cls, kinds: tuple[DataKind, ...], chosen: Retention) -> Self:
        shown = [DataKindShown.of(kind, chosen) for kind in kinds]
        return cls(kinds=shown, days_after_removal=chosen.after_removal)


class PersonBody(Model):
    """A person at TikTok; at least one of the names."""

    model_config = example(username="maracooks")

    username: _Username | None = None
    """The TikTok username."""
    open_id: _Id | None = None
    """The open id, as TikTok gives it to an app."""
    user_id: _Id | None = None
    """The id of the user, as comments and research have it."""

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one for one in (self.open_id, self.user_id) if one is not None)


class EraseBody(PersonBody):
    model_config = example(username="maracooks", disconnect=True)

    disconnect: bool = False
    """Whether to end the person's credentials first. Without it, a connected account is refused."""


class SampleShown(ResponseModel):
    """A piece of the person's data."""

    id: str
    """The id of what was found, within its kind."""
    text: str
    """Its text, or the beginning of it."""


class FoundShown(ResponseModel):
    """A person's data of one kind."""

    kind: str
    """The name of the kind."""
    words: str
    """A description of the data."""
    count: int | None
    """How much was found; null: the kind isn't searched, and `note` says why."""
    more: bool
    """Whether there may be more than was counted."""
    samples: Annotated[list[SampleShown] | None, ShownOnce("Ask again without the key.")]
    """Some of what was found."""
    note: str | None
    """A remark on this kind, in words."""

    @classmethod
    def of(cls, found: FoundKind) -> Self:
        return cls(
            kind=found.kind.name,
            words=found.kind.words,
            count=found.count,
            more=found.more,
            samples=[SampleShown(id=one.id, text=one.text) for one in found.samples],
            note=found.kind.note,
        )


class PersonShown(ResponseModel):
    """The data that is kept of a person."""

    integration_ids: list[str]
    """The organisation's accounts, present and former ones, that are the person's."""
    kinds: list[FoundShown]
    """Every kind of data, with what was found."""


class ErasureShown(ResponseModel):
    """An erasure of a person's data."""

    erasure_id: str
    """The id of the erasure."""
    state: str
    """`running`: a job goes on with it; `done`."""
    erased: dict[str, int]
    """How much was erased so far, by kind; kinds without any are left out."""
    asked_by: str
    """The user who asked for it."""
    created_at: datetime
    """When it began, in UTC."""
    ended_at: datetime | None
    """When it ended, in UTC; null: it goes on."""

    @classmethod
    def of(cls, erasure: PersonErasure) -> Self:
        return cls(
            erasure_id=erasure.id,
            state=erasure.state,
            erased=dict(erasure.erased),
            asked_by=erasure.asked_by,
            created_at=moment(erasure.created),
            ended_at=moment(erasure.ended),
        )
