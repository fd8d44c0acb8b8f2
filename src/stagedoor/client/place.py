"""The place at which a walk goes on, as a value that can be kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from stagedoor.platform.arguments import Says, passed_as
from stagedoor.platform.operation import Operation

from .errors import BadRequest, InvalidRequest
from .session import Session, build


class WalkPlace(BaseModel):
    """The place at which a walk goes on: `Walking.place` tells it, `resume=` takes it.

    Keep it as text with `model_dump_json()` and read it with `WalkPlace.model_validate_json(text)`.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    operation: str
    """The declared id of the operation whose pages are fetched."""
    asked: str
    """A digest of the request, apart from the page: a place serves the same request alone."""
    number: Annotated[int, Field(ge=0)] = 0
    """The request among those that a long range is split into, from 0."""
    page: dict[str, Any] = {}
    """The members of TikTok's request for the next page, such as `cursor` and `search_id`; empty
    for the first page."""
    anew: dict[str, Any] = {}
    """The members of a new search that goes on from here, for when TikTok has forgotten the old
    one; empty where there are no searches."""
    at: float = 0.0
    """When the walk was here, in Unix seconds."""


Resume = Annotated[
    WalkPlace | None, Says("where an earlier walk with the same arguments ended: its `place`")
]

passed_as(WalkPlace, "the `place` of an earlier walk")


@dataclass(frozen=True, slots=True)
class Search:
    """How to go on where TikTok has forgotten a search."""

    is_lost: Callable[[Mapping[str, Any], BadRequest], bool]
    """Whether the refusal of this request says so."""
    anew: Callable[[Any], dict[str, Any]]
    """The members of a new search that begins no later than an item; empty if it can't be told."""
    key: Callable[[Any], Hashable]
    """By what an item is recognised that the new search gives again."""


def first_place(
    session: Session,
    operation: Operation[..., Any],
    requests: Sequence[dict[str, Any]],
    number: int,
) -> WalkPlace | None:
    """The place of the first page of one of the requests; None if there is no such request.

    Raises `InvalidRequest` for a wrong request.
    """
    if number >= len(requests):
        return None
    paging = operation.paging
    if paging is None:
        raise TypeError(f"{operation.id} declares no paging")
    request = build(operation, session.filled(operation, requests[number]))
    text = request.model_dump_json(exclude={*paging.place, paging.size})
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return WalkPlace(operation=operation.id, asked=digest, number=number, at=session.now())


def belonging(
    operation: Operation[..., Any], place: WalkPlace, first: WalkPlace | None
) -> WalkPlace:
    """The place, which has to be one of the request whose first page is at `first`.

    Raises `InvalidRequest`.
    """
    if first is None or (place.operation, place.asked) != (first.operation, first.asked):
        why = "is the place of another walk: pass the arguments of the walk that it is from"
        raise InvalidRequest(operation.id, [("resume", why)])
    return place
