"""Requests of the Events API: conversions, each with the person, hashed, and its properties."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from ...bounds import MAX_LISTED, AtMost
from ...model import AT_TIKTOK, OPEN, Request, StrictModel, declared, in_context, says
from ...reasons import CURRENCY
from ..business.common import Money

MAX_BATCH = 1_000
"""Events of one call."""
DEDUPLICATION_SECONDS = 48 * 3_600
"""How long after an event another one with its id counts as the same (ads.tiktok.com/help,
event deduplication)."""
_MOST_AT_TIKTOK = 10_000
_LAST_SECOND = 9_999_999_999
_HASH = re.compile("[0-9a-fA-F]{64}")


class EventSource(StrEnum):
    """Where an event happened."""

    WEB = "web"
    APP = "app"
    OFFLINE = "offline"
    CRM = "crm"


_NEEDED_PARTS: dict[str, str] = {
    EventSource.WEB: "page",
    EventSource.APP: "app",
    EventSource.CRM: "lead",
}


def needed_part(source: str) -> str | None:
    """The part that an event of this source can't do without."""
    return _NEEDED_PARTS.get(source)


def _hashed(value: Any, info: ValidationInfo) -> Any:
    # TikTok answers raw personal data with a code of its own; the client never sends any
    if in_context(AT_TIKTOK, info):
        return value
    for one in (value,) if isinstance(value, str) else value or ():
        if not _HASH.fullmatch(one):
            raise ValueError("is not a SHA-256 hash: hashed_user() of stagedoor makes one")
    return value


def _seconds(value: Any) -> Any:
    if isinstance(value, int) and value > _LAST_SECOND:
        raise ValueError("is no time in Unix seconds: is it in milliseconds?")
    return value


Currency = Annotated[str, Field(pattern=CURRENCY), says("ISO 4217, such as USD")]
_Text = Annotated[str, Field(max_length=1_000)]
_HIDDEN = Field(repr=False)
HashedIds = Annotated[
    str | Annotated[tuple[str, ...], AtMost(MAX_LISTED)],
    AfterValidator(_hashed),
    says("the SHA-256 in hex, or several"),
]


class EventUser(StrictModel):
    """The person of an event. `stagedoor.hashed_user` makes one of raw values."""

    email: Annotated[HashedIds | None, _HIDDEN] = None
    phone: Annotated[HashedIds | None, _HIDDEN] = None
    external_id: Annotated[HashedIds | None, _HIDDEN] = None
    ttclid: Annotated[str | None, says("the click's id from the page's address")] = None
    ttp: Annotated[str | None, says("the _ttp cookie")] = None
    ip: Annotated[_Text | None, _HIDDEN] = None
    user_agent: str | None = None
    idfa: Annotated[_Text | None, _HIDDEN] = None
    idfv: Annotated[_Text | None, _HIDDEN] = None
    gaid: Annotated[_Text | None, _HIDDEN] = None
    locale: str | None = None
    att_status: str | None = None


class EventContent(StrictModel):
    """A product of an event."""

    content_id: str | None = None
    content_type: str | None = None
    content_name: str | None = None
    content_category: str | None = None
    brand: str | None = None
    price: Money | None = None
    quantity: Annotated[int, Field(ge=0)] | None = None


class EventProperties(StrictModel):
    """The things that were bought, searched or viewed."""

    contents: Annotated[tuple[EventContent, ...], AtMost(MAX_LISTED)] | None = None
    content_type: Annotated[str | None, says("product or product_group")] = None
    currency: Currency | None = None
    value: Money | None = None
    num_items: int | None = None
    search_string: str | None = None
    order_id: str | None = None
    shop_id: str | None = None
    description: str | None = None


class EventPage(StrictModel):
    """The page of a web event."""

    url: str
    referrer: str | None = None


class EventApp(StrictModel):
    """The app of an app event."""

    app_id: str | None = None
    app_name: str | None = None
    app_version: str | None = None


class EventAd(StrictModel):
    """The ad that led to an app event."""

    callback: str | None = None
    campaign_id: str | None = None
    ad_id: str | None = None
    creative: str | None = None


class EventLead(StrictModel):
    """The lead of a CRM event."""

    lead_id: str
    lead_event_source: str | None = None


class BusinessEvent(StrictModel):
    """A conversion, such as a purchase."""

    event: Annotated[str, Field(min_length=1, max_length=200), says("such as CompletePayment")]
    event_time: Annotated[
        int, BeforeValidator(_seconds), Field(ge=0, le=_LAST_SECOND), says("Unix seconds")
    ]
    event_id: Annotated[
        str | None,
        says("your id of the event: one that comes again with it within 48 hours counts once"),
    ] = None
    user: EventUser | None = None
    properties: EventProperties | None = None
    page: Annotated[EventPage | None, says("needed for web events")] = None
    app: Annotated[EventApp | None, says("needed for app events")] = None
    ad: EventAd | None = None
    lead: Annotated[EventLead | None, says("needed for CRM events")] = None
    limited_data_use: bool | None = None


def _few(events: tuple[BusinessEvent, ...], info: ValidationInfo) -> tuple[BusinessEvent, ...]:
    # TikTok answers an empty or too long batch with a code of its own
    if not 1 <= len(events) <= MAX_BATCH and not in_context(AT_TIKTOK, info):
        raise ValueError(f"holds {len(events)} events, 1 to {MAX_BATCH:,} are taken at once")
    return events


class EventBatch(Request):
    """Events of one source. `business.events.track` splits any number of them."""

    event_source: Annotated[
        Annotated[EventSource | str, OPEN, declared(EventSource)], says("where they happened")
    ]
    event_source_id: Annotated[
        str, Field(min_length=1), says("the pixel's code, the app's id, or an event set's id")
    ]
    data: Annotated[
        tuple[BusinessEvent, ...],
        AtMost(_MOST_AT_TIKTOK),
        AfterValidator(_few),
        says("1 to 1,000 events"),
    ]
    test_event_code: Annotated[
        str | None, says("shows the events in the Events Manager without counting them")
    ] = None

    @model_validator(mode="after")
    def _complete(self, info: ValidationInfo) -> Self:
        # TikTok names the event with a message of its own
        part = None if in_context(AT_TIKTOK, info) else needed_part(self.event_source)
        for place, event in enumerate(self.data if part is not None else ()):
            if getattr(event, part or "") is None:
                raise ValueError(
                    f"data.{place}.{part} is missing: {self.event_source} events need it"
                )
        return self
