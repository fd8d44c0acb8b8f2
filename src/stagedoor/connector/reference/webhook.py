"""The webhook endpoint in the OpenAPI document: it stands in front of the framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.platform import signature

from ..documented import ErrorCase
from ..errors import RequestTooLarge, ServiceUnavailable
from ..webhooks.endpoint import MAX_BODY, PATH
from ..webhooks.errors import NotKeepable, NotVerified
from .responses import operation

_EVENT = {
    "client_key": "aw1234567890abcdef",
    "event": "post.publish.complete",
    "create_time": 1795953600,
    "user_openid": "act.example12345",
    "content": '{"publish_id":"v_pub_url~v2.123456789"}',
}


def paths() -> Mapping[str, Mapping[str, Any]]:
    return {
        PATH: {
            "post": operation(
                id="receiveWebhook",
                tag="connect",
                text="Receive an event from TikTok. This is the address to register at TikTok; a "
                "delivery is stored before it is answered, and a repeated one acts once.",
                answers={"200": {"description": "The event is stored."}},
                errors=(
                    NotVerified,
                    NotKeepable,
                    RequestTooLarge,
                    ErrorCase(408, "invalid_request", "The body didn't come in time."),
                    ServiceUnavailable,
                ),
                parameters=[
                    {
                        "name": signature.HEADER,
                        "in": "header",
                        "required": True,
                        "description": "`t=<Unix seconds>,s=<hex>`: TikTok's signature of the body "
                        "by the app's secret.",
                        "schema": {"type": "string"},
                    }
                ],
                requestBody={
                    "required": True,
                    "description": f"TikTok's event, at most {MAX_BODY:,} bytes.",
                    "content": {
                        "application/json": {"schema": {"type": "object"}, "example": _EVENT}
                    },
                },
            )
        }
    }
