"""The messages to webhooks in the OpenAPI document: one entry for each type of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from ..documented import first_sentence
from ..event_types import EventType
from .docstrings import described_fields

_EVENT = "OutgoingEvent"
SCHEMAS: Mapping[str, Any] = {
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
                "description": "What happened to what; its fields depend on `type`. A notice has "
                "`noticeId`, `subject`, `message` and `detail`.",
            },
        },
    },
}
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
    schema = {
        "allOf": [
            {"$ref": f"#/components/schemas/{_EVENT}"},
            {"properties": {"type": {"const": event.value, "description": "The event's type."}}},
        ]
    }
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
