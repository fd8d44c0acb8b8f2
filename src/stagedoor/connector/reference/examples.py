"""Examples: those that models declare, and values composed from a schema where they declare none.

A request model declares its example: `model_config = example(name="Social Agent")`, or one of a
field's: `Field(examples=["Social Agent"])`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_POST = "7b1f0c3e9a5d4d0c8e2f6a1b9c3d5e7f"
_ACCOUNT = "3f9a2c7d1e5b4a6f8c0d9e2b7a4f6c1d"
_TIME = "2026-11-29T12:00:00Z"
NAMED: Mapping[str, Any] = {
    "publishId": _POST,
    "integrationId": _ACCOUNT,
    "uploadId": "9c4e1a7b3d5f4b2e8a6c0d1f7e9b3a5c",
    "agentId": "agt_5d1c9e7a",
    "approvalId": "4a6e8c0d2f1b4d7e9a3c5b7d9f1e3a5c",
    "logId": "20261129120000A1B2C3D4E5F60718293A",
    "nextCursor": None,
    "link": "https://www.tiktok.com/@maracooks/video/7480000000000000001",
    "uploadUrl": "https://connector.example.com/upload/u.9c4e1a7b",
    "returnUrl": "https://app.example.com/settings/tiktok",
    "returnUrls": ["https://app.example.com/settings/tiktok"],
    "avatarUrl": "https://p16.example.com/avatar.jpeg",
    "username": "maracooks",
    "displayName": "Mara cooks",
    "accountName": "Mara cooks",
    "title": "Summer recipes, part 1",
    "caption": "Three salads in ten minutes #summer",
    "publicIds": ["7480000000000000001"],
    "scope": "video.publish",
    "requested": ["user.info.basic", "video.publish"],
    "granted": ["user.info.basic", "video.publish"],
    "missing": [],
    "videoIds": ["7480000000000000001"],
    "begin": "08:00",
    "end": "20:00",
    "clientKey": "aw1234567890abcdef",
}
"""Values of fields that mean the same everywhere."""
_FORMATS = {"date-time": _TIME, "date": "2026-11-29", "uri": "https://app.example.com/"}
_DEPTH = 12


def compose(schema: Any, schemas: Mapping[str, Any], *, full: bool, depth: int = 0) -> Any:
    """An example of a schema. `full`: with fields that may be absent, as in an answer."""
    if depth > _DEPTH or not isinstance(schema, Mapping):
        return None
    if (name := schema.get("$ref", "").rpartition("/")[2]) and not schema.get("examples"):
        return compose(schemas[name], schemas, full=full, depth=depth + 1)
    for key in ("examples", "enum"):
        if listed := schema.get(key):
            return listed[0]
    for key in ("example", "const"):
        if key in schema:
            return schema[key]
    if schema.get("default") is not None:
        return schema["default"]
    for key in ("anyOf", "oneOf", "allOf"):
        if options := [one for one in schema.get(key, ()) if one.get("type") != "null"]:
            return compose(options[0], schemas, full=full, depth=depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind == "object":
        return _object(schema, schemas, full, depth)
    if kind == "array":
        item = compose(schema.get("items", {}), schemas, full=full, depth=depth + 1)
        return [] if item is None else [item]
    return _scalar(kind, schema)


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], full: bool, depth: int) -> Any:
    required = schema.get("required", ())
    made = {}
    for name, part in schema.get("properties", {}).items():
        if not full and name not in required and not part.get("examples"):
            continue
        if name in NAMED and not part.get("examples"):
            made[name] = NAMED[name]
        else:
            made[name] = compose(part, schemas, full=full, depth=depth + 1)
    return made


def _scalar(kind: str | None, schema: Mapping[str, Any]) -> Any:
    if kind == "boolean":
        return False
    if kind in ("integer", "number"):
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        return max(low, 1) if low >= 0 else low
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), "text"[: schema.get("maxLength", 4)])
    return None
