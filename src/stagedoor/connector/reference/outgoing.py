"""The messages to webhooks in the OpenAPI document: one entry for each type of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from ..documented import first_sentence
from ..event_types import OF_POSTS, EventType
from .docstrings import described_fields

_EVENT = "OutgoingEvent"
_BODY: Mapping[str, Any] = {
    _EVENT: {
        "type": "object",
        "title": _EVENT,
        "description": "The body of a message to a webhook.",
        "required": ["type", "timestamp", "organisation", "data"],
        "properties": {
            "type": {"type": "string", "description": "The type of the event."},
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "description": "When the event happened, RFC 3339 in UTC.",
            },
            "organisation": {
                "type": "string",
                "description": "The organisation that the event is of.",
            },
            "data": {
                "type": "object",
                "additionalProperties": True,
                "description": "What happened to what; its fields depend on `type`.",
            },
        },
    },
}


def _object(title: str, said: str, fields: Mapping[str, tuple[Any, str]]) -> dict[str, Any]:
    return {
        "type": "object",
        "title": title,
        "description": said,
        "required": list(fields),
        "properties": {
            name: ({} if kind is None else {"type": kind}) | {"description": told}
            for name, (kind, told) in fields.items()
        },
    }


_NOTICE = "NoticeData"
_POST = "PostData"
_TEXT_OR_NULL = ["string", "null"]
_DATA: dict[str, Any] = {
    _NOTICE: _object(
        _NOTICE,
        "The data of a notice.",
        {
            "noticeId": ("string", "The notice's id."),
            "subject": ("string", "The id of what the notice is about, or a name."),
            "message": ("string", "What happened and what to do, for people."),
            "detail": (None, "More for programs; its fields depend on the kind of notice."),
        },
    ),
    _POST: _object(
        _POST,
        "The data of an event of a post, as the post is when the event happens.",
        {
            "publishId": ("string", "The post's id."),
            "tiktokPublishId": (_TEXT_OR_NULL, "TikTok's id of the publish."),
            "integrationId": ("string", "The account that it is posted to."),
            "state": ("string", "The post's state."),
            "visibility": ("string", "Who sees the post."),
            "title": ("string", "The organisation's label."),
            "publicIds": ("array", "TikTok's ids of the public post."),
            "link": (_TEXT_OR_NULL, "The public link."),
            "failure": (["object", "null"], "Why the post failed."),
        },
    ),
}
_DATA[_POST]["properties"]["publicIds"]["items"] = {"type": "string"}
SCHEMAS: Mapping[str, Any] = {**_BODY, **_DATA}
_HEADERS: Mapping[str, tuple[str, str]] = {
    "webhook-id": ("The message's id: the same whenever it is sent again.", "msg_019ac7c5e3d4"),
    "webhook-timestamp": ("When this attempt was made, in Unix seconds.", "1795953600"),
    "webhook-signature": (
        "Signatures by the Standard Webhooks scheme, with the webhook's secret.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
}
PARAMETERS: Mapping[str, Any] = {
    to_camel(name.replace("-", "_")): {
        "name": name,
        "in": "header",
        "required": True,
        "description": said,
        "schema": {"type": "string"},
        "example": example,
    }
    for name, (said, example) in _HEADERS.items()
}


def webhooks() -> dict[str, Any]:
    """The part `webhooks` of the document."""
    docs = described_fields(EventType)
    return {one.value: {"post": _operation(one, docs[one.name])} for one in EventType}


def _operation(event: EventType, said: str) -> dict[str, Any]:
    own: dict[str, Any] = {"type": {"const": event.value, "description": "The event's type."}}
    data = _POST if event in OF_POSTS else _NOTICE if event.is_notice else None
    if data is not None:
        own["data"] = {"$ref": f"#/components/schemas/{data}", "description": "What happened."}
    schema = {"allOf": [{"$ref": f"#/components/schemas/{_EVENT}"}, {"properties": own}]}
    return {
        "operationId": f"told{event.name.title().replace('_', '')}",
        "summary": first_sentence(said),
        "description": f"{said}\n\nAlso a kind of notices." if event.is_notice else said,
        "tags": ["webhooks"],
        "security": [],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {
            "2XX": {"description": "The message was taken; anything else has it sent again."}
        },
    }
