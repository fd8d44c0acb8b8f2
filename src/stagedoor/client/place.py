"""The place at which a walk goes on, as a value that can be kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from stagedoor.platform.arguments import Says, passed_as
from stagedoor.platform.records import frozen

from .errors import BadRequest


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


RESUME = "where an earlier walk with the same arguments ended: its `place`"
"""The description of the parameter `resume`."""
Resume = Annotated[WalkPlace | None, Says(RESUME)]

passed_as(WalkPlace, "the `place` of an earlier walk")


@frozen
class SearchResumption:
    """How to go on where TikTok has forgotten a search."""

    is_lost: Callable[[Mapping[str, Any], BadRequest], bool]
    """Whether the refusal of this request says so."""
    anew: Callable[[Any], dict[str, Any]]
    """The members of a new search that begins no later than an item; empty if it can't be told."""
    key: Callable[[Any], Hashable]
    """By what an item is recognised that the new search gives again."""
