"""A grant, as people set it by toggles: resource, level and conditions."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic.alias_generators import to_camel

from stagedoor.connector.money import as_number
from stagedoor.connector.shapes import Model
from stagedoor.platform.bounds import MAX_LISTED, AtMost
from stagedoor.platform.currencies import finer_than
from stagedoor.platform.operation import Resource
from stagedoor.platform.products.posting import PrivacyLevel
from stagedoor.platform.reasons import CURRENCY, formed

from .. import vocabulary
from .hashtags import plain

_MAX_MONEY = 10**12


class Level(StrEnum):
    OFF = "off"
    """Nothing."""
    READ = "read"
    """Reads only."""
    FULL = "full"
    """Everything."""


_HH_MM = formed(r"^[0-9]{2}:[0-9]{2}$", "should be a time of a day: HH:MM")


def _minute(text: str) -> str:
    hour, minute = int(text[:2]), int(text[3:])
    if hour * 60 + minute > 24 * 60 or minute > 59:
        raise ValueError("is no time of a day: write HH:MM, 00:00 to 24:00")
    return text


_Time = Annotated[str, Field(pattern=_HH_MM), AfterValidator(_minute)]
_Money = Annotated[float, Field(ge=0, le=_MAX_MONEY)]
_Words = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], AtMost(MAX_LISTED)
]


def _hashtags(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(one) for one in found)


class _Value(Model):
    model_config = ConfigDict(frozen=True)


class Hours(_Value):
    """From `begin` until before `end`, in UTC; across midnight if `end` is earlier."""

    begin: _Time
    """From this time of the day on, as HH:MM in UTC."""
    end: _Time
    """Until before this time of the day, as HH:MM in UTC."""

    @property
    def minutes(self) -> tuple[int, int]:
        """`begin` and `end` as minutes of the day."""
        return _of_day(self.begin), _of_day(self.end)


def _of_day(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


class Conditions(_Value):
    """The conditions of a grant; all of them must hold. Unset conditions don't limit; days begin
    at 00:00 UTC."""

    privacy_levels: Annotated[tuple[PrivacyLevel, ...], AtMost(MAX_LISTED)] | None = None
    """For direct posts; the creator chooses the level of a draft."""
    drafts_only: bool = False
    """Whether only drafts may be made, no direct posts."""
    hours: Hours | None = None
    """The hours in which calls are allowed."""
    hashtags: Annotated[_Words, AfterValidator(_hashtags)] | None = None
    """The only hashtags that a post's text may have."""
    posts_per_day: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """Posts and drafts, counted for each account."""
    budget_per_day: _Money | None = None
    """The largest budget that one call may set, in `currency`."""
    spend_per_day: _Money | None = None
    """The most that the calls of a day together may commit for an account, in `currency`."""
    spend_total: _Money | None = None
    """The most that all calls of the agent together may commit for an account, in `currency`; no
    day makes it new."""
    currency: Annotated[str, Field(pattern=CURRENCY, examples=["EUR"])] | None = None
    """The currency of the amounts, such as EUR: budgets of ad accounts in another one are denied.
    Null: each ad account's own, and what is committed is counted for each currency apart."""
    fields: _Words | None = None
    """The only fields that may be read, where a call names its fields."""

    @field_validator("budget_per_day", "spend_per_day", "spend_total", mode="before")
    @classmethod
    def _takes_money(cls, value: Any) -> Any:
        return as_number(value)

    @field_validator("currency")
    @classmethod
    def _is_as_fine_as_the_amounts(cls, currency: str | None, info: ValidationInfo) -> str | None:
        for name in ("budget_per_day", "spend_per_day", "spend_total"):
            amount = info.data.get(name)
            if currency is None or amount is None:
                continue
            if (why := finer_than(currency, Decimal(str(amount)))) is not None:
                raise ValueError(f"{to_camel(name)} {why}")
        return currency


class Grant(_Value):
    """A grant on one account, or on all accounts for which the resource has no other grant."""

    resource: Resource
    """The subject of the grant."""
    level: Level
    """How much is allowed."""
    integration_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The account; null: all accounts without a grant of their own for the resource."""
    actions: _Words | None = None
    """Only these actions of the resource, by id (`post-to-profile`); without, all of the level."""
    conditions: Conditions = Conditions()
    """Limits, all of which must hold."""
    ask_first: bool = False
    """A person approves each call before it is made."""
    expires_at: AwareDatetime | None = None
    """When the grant ends, with a time zone; null: never."""

    @field_validator("resource")
    @classmethod
    def _can_be_granted(cls, resource: Resource) -> Resource:
        if resource not in vocabulary.TITLES:
            raise ValueError(f"{resource} can't be granted")
        return resource

    @field_validator("actions")
    @classmethod
    def _are_of_the_resource(
        cls, actions: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        resource = info.data.get("resource")
        known = () if resource is None else vocabulary.actions()[resource]
        for action in actions or ():
            if resource is not None and action not in known:
                listed = ", ".join(known) or "none"
                raise ValueError(f"{resource} has no action {action!r}; there are: {listed}")
        return actions

    @property
    def limits_money(self) -> bool:
        """Whether a call that sets a budget is judged by it, and thus by its currency."""
        given = self.conditions
        amounts = given.budget_per_day, given.spend_per_day, given.spend_total
        return given.currency is not None or any(one is not None for one in amounts)

    @property
    def ends(self) -> float | None:
        """The end of the grant in Unix seconds."""
        return None if self.expires_at is None else self.expires_at.timestamp()


class GrantList(Model):
    """The grants in an API body."""

    grants: tuple[Grant, ...]


def cents(amount: float) -> int:
    """Return the amount in hundredths, for arithmetic without floats."""
    return round(amount * 100)
