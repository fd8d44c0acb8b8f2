"""JSON schemas of tools, from the declared models: complete, without references and titles.

Models that call tools read the schemas, and not every client follows a `$ref`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

ACCOUNT = {
    "type": "string",
    "description": "The TikTok account: a handle such as @demo, or an id of list_accounts. It may "
    "be left out where only one is meant.",
}
OFFSET = {
    "type": "integer",
    "minimum": 0,
    "description": "Skip so many items of the answer: `next` of a cut answer names it.",
}
MAX_WAIT = 50
"""Seconds; clients give a call a minute."""
WAIT = {
    "type": "integer",
    "minimum": 0,
    "maximum": MAX_WAIT,
    "description": "Wait up to so many seconds for the post to end, and tell its status.",
}


def dry_run(default: bool) -> dict[str, Any]:
    """Return the argument of tools that can show what they would send."""
    return {
        "type": "boolean",
        "default": default,
        "description": "Send nothing: show what would be sent, and whether it would be allowed, "
        "denied, or wait for a person.",
    }


NEXT = {
    "type": "object",
    "description": "There is more: call the tool again with these arguments besides the same.",
    "additionalProperties": True,
}
NOTE = {"type": "string", "description": "What was left out, and how to get at it."}


UNTRUSTED = {"type": "string", "description": "Whose words these are, and what not to do."}


def request_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a request, in TikTok's names."""
    return _whole(model, "validation")


def answered(model: type[BaseModel], *, more: bool) -> dict[str, Any]:
    """Return the schema of an answer; `more`: with the arguments for the next page."""
    made = _whole(model, "serialization")
    if more:
        made["properties"] = {**made.get("properties", {}), "next": NEXT}
    made["properties"] = {"untrusted": UNTRUSTED, **made.get("properties", {}), "note": NOTE}
    made["additionalProperties"] = True
    return made


def rehearsed(made: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an answer that may be a dry run's."""
    properties = {**made["properties"], **_REHEARSED}
    return {**made, "properties": properties, "required": []}


_REHEARSED = {
    "dry_run": {"type": "boolean", "description": "Nothing was sent."},
    "decision": {"type": "string", "description": "allowed, denied, or pending: a person decides."},
    "reason": {"type": "string", "description": "Why it would be denied."},
    "sentence": {"type": "string", "description": "The call in words."},
    "would_send": {"type": "object", "additionalProperties": True},
}


def lifted(made: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the schema with the fields of these parts as top-level properties: models fill in
    flat arguments best."""
    properties = dict(made.get("properties", {}))
    required = list(made.get("required", ()))
    for name in names:
        part = properties.pop(name)
        properties |= part.get("properties", {})
        if name in required:
            required.remove(name)
            required += part.get("required", ())
    return _object(made, properties, required)


def without(made: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    gone = frozenset(names)
    properties = {k: v for k, v in made.get("properties", {}).items() if k not in gone}
    return _object(made, properties, [k for k in made.get("required", ()) if k not in gone])


def beside(
    made: dict[str, Any], properties: Mapping[str, Any], required: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the schema with further properties."""
    together = {**made.get("properties", {}), **properties}
    return _object(made, together, [*made.get("required", ()), *required])


def choosing(made: dict[str, Any], known: Iterable[str], default: Iterable[str]) -> dict[str, Any]:
    """Return the schema with `fields` as a choice among the known ones."""
    fields = {
        "type": "array",
        "items": {"type": "string", "enum": list(known)},
        "minItems": 1,
        "default": list(default),
    }
    properties = {**made.get("properties", {}), "fields": fields}
    return _object(made, properties, [k for k in made.get("required", ()) if k != "fields"])


def described(made: dict[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Return the schema with these descriptions of properties."""
    properties = dict(made.get("properties", {}))
    for name, text in words.items():
        properties[name] = {**properties[name], "description": text}
    return {**made, "properties": properties}


def _object(
    made: Mapping[str, Any], properties: Mapping[str, Any], required: list[str]
) -> dict[str, Any]:
    built = {**made, "type": "object", "properties": dict(properties)}
    built.pop("required", None)
    if required:
        built["required"] = required
    return built


def _whole(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    made = model.model_json_schema(mode=mode)
    plain = _Plain(made.pop("$defs", {}), asked=mode == "validation")
    whole: dict[str, Any] = plain.schema(made)
    whole.pop("description", None)  # a tool has its own
    whole.setdefault("type", "object")
    whole.setdefault("properties", {})
    return whole


@dataclass(frozen=True, slots=True)
class _Plain:
    """Builds schemas without references, titles and, for requests, redundant choices."""

    parts: Mapping[str, Any]
    asked: bool

    def schema(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.schema(one) for one in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            beside = {key: value for key, value in node.items() if key != "$ref"}
            return self.schema({**self.parts[reference.rpartition("/")[2]], **beside})
        made: dict[str, Any] = {}
        for key, value in node.items():
            if key in ("title", "discriminator") or (key == "default" and not self._tells(value)):
                continue
            if key == "properties":
                made[key] = {name: self.schema(part) for name, part in value.items()}
            elif key == "description":
                made[key] = " ".join(value.split())
            else:
                made[key] = value if key in _VALUES else self.schema(value)
        if "discriminator" in node:
            # the tag distinguishes the kinds, so it is required whatever its default
            tag = node["discriminator"]["propertyName"]
            made["oneOf"] = [_needing(kind, tag) for kind in made["oneOf"]]
        return self._narrowed(made) if self.asked and "anyOf" in made else made

    def _tells(self, default: Any) -> bool:
        return self.asked and default not in (None, [])

    @staticmethod
    def _narrowed(made: dict[str, Any]) -> dict[str, Any]:
        """Simplify `anyOf`: drop null, since arguments may be absent, and of enum or text keep
        the enum only."""
        kinds = [one for one in made.pop("anyOf") if one != {"type": "null"}]
        if len(kinds) > 1 and all(one.get("type") == "string" for one in kinds):
            plain = {"type": "string"}
            kinds = [next((one for one in kinds if "enum" in one), plain)]
        return {**kinds[0], **made} if len(kinds) == 1 else {**made, "anyOf": kinds}


def _needing(made: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**made, "required": [*made.get("required", ()), name]}


_VALUES = frozenset({"default", "enum", "const", "examples", "required"})
