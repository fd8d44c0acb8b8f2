"""Answers of TikTok's, drawn by Hypothesis from the declared models."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_PATTERNS = {
    r"^[0-9]{1,20}$": st.from_regex(r"[0-9]{1,20}", fullmatch=True),
}
_MADE: dict[Any, st.SearchStrategy[Any]] = {}
_UNITS = st.sampled_from(["0-1K", "20K", "3M"])


def answers(model: Any) -> st.SearchStrategy[Any]:
    """Instances of an answer's model: those of what its JSON schema allows that validate."""
    if model in _MADE:
        return _MADE[model]
    schema = model.model_json_schema(by_alias=False)
    raw = _value(schema, schema.get("$defs", {}))
    _MADE[model] = raw.map(lambda given: _read(model, given)).filter(lambda one: one is not None)
    return _MADE[model]


def _read(model: type[BaseModel], given: Any) -> BaseModel | None:
    try:
        # once more, since an empty name in a list that travels as one text is no name
        return model.model_validate(model.model_validate(given).model_dump(mode="json"))
    except ValidationError:
        return None


def _value(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _value(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([_value(one, defs) for one in schema["anyOf"]])
    match schema.get("type"):
        case "object":
            return _object(schema, defs)
        case "array":
            return st.lists(_value(schema.get("items", {}), defs), max_size=2)
        case "integer":
            return st.integers(schema.get("minimum", -(2**53)), schema.get("maximum", 2**53))
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False, width=32)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "string":
            return _PATTERNS.get(schema.get("pattern", ""), TEXTS | _UNITS)
    return TEXTS


def _object(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    members = schema.get("properties", {})
    required = set(schema.get("required", ()))
    values = {name: _value(one, defs) for name, one in members.items()}
    return st.fixed_dictionaries(
        {name: one for name, one in values.items() if name in required},
        optional={name: one for name, one in values.items() if name not in required},
    )
