"""Requests and answers of streaming: people one by one into audiences, without files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...bounds import MAX_LISTED, AtMost
from ...model import OPEN, Answer, AnyId, Id, Request, StrictModel, declared, says
from ..business.common import AdvertiserRequest
from .choices import IdSchema, MappingAction, StreamAction

MAX_BATCH = 10_000
"""People of one call that the client sends; TikTok documents no limit."""


class StreamAudience(AdvertiserRequest):
    """A streamed audience to make, or to delete."""

    action: Annotated[
        Annotated[StreamAction | str, OPEN, declared(StreamAction)], says("create or delete")
    ] = StreamAction.CREATE
    custom_audience_name: Annotated[
        str | None, says("for create; TikTok cuts a name of more than 70 characters")
    ] = None
    delete_audience_id: Annotated[AnyId | None, says("for delete")] = None


class StreamedAudience(Answer):
    """A streamed audience."""

    audience_id: Annotated[Id | None, says("for segment_mapping")] = None


class StreamedId(StrictModel):
    """A hashed identifier and its audiences; empty if the person has none of the kind."""

    id: Annotated[str | None, Field(max_length=64, repr=False), says("hashed")] = None
    audience_ids: Annotated[tuple[AnyId, ...], AtMost(MAX_LISTED)] | None = None


StreamedPerson = Annotated[tuple[StreamedId, ...], AtMost(MAX_LISTED)]


class StreamMapping(Request):
    """People to add to streamed audiences, or to take out."""

    advertiser_ids: Annotated[
        tuple[AnyId, ...], AtMost(MAX_LISTED), Field(min_length=1), says("of one business")
    ]
    id_schema: Annotated[
        tuple[Annotated[IdSchema | str, OPEN, declared(IdSchema)], ...],
        AtMost(len(IdSchema)),
        Field(min_length=1),
        says("the kinds of a person's identifiers, each once"),
    ]
    batch_data: Annotated[
        tuple[StreamedPerson, ...],
        AtMost(MAX_BATCH),
        Field(min_length=1),
        says("for each person, the identifiers in the order of id_schema"),
    ]
    action: Annotated[
        Annotated[MappingAction | str, OPEN, declared(MappingAction)] | None,
        says("add by default"),
    ] = None
