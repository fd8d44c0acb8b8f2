"""Durations and counts that the control routes take are bounded, and the refusal says how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from stagedoor.emulator import registry
from stagedoor.emulator.world.bounds import WithInt64, read_moment
from stagedoor.emulator.world.settings import WorldSettings
from stagedoor.platform.model import problems_of

_SETTINGS = TypeAdapter(WorldSettings)


def _numbers(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each number in a JSON schema, with its place; decimals have a limit of digits instead."""
    if isinstance(schema, dict):
        options = schema.get("anyOf", ())
        if [one.get("type") for one in options][:2] == ["number", "string"]:
            return
        if schema.get("type") in ("number", "integer"):
            yield path, schema
        for name, part in schema.items():
            yield from _numbers(part, f"{path}.{name}")
    elif isinstance(schema, list):
        for place, part in enumerate(schema):
            yield from _numbers(part, f"{path}.{place}")


def _bodies(of: type[WithInt64] = WithInt64) -> Iterator[type[WithInt64]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _bodies(kind)


def _settings() -> list[tuple[str, dict[str, Any]]]:
    schema = _SETTINGS.json_schema()["properties"]
    return [(name, schema[name]) for name in schema if _is_number(schema[name])]


def _is_number(schema: dict[str, Any]) -> bool:
    return schema.get("type") in ("number", "integer") and "enum" not in schema


@pytest.mark.parametrize(("name", "schema"), _settings(), ids=lambda one: str(one)[:40])
def test_a_setting_beyond_its_bound_is_refused_by_path(name: str, schema: dict[str, Any]) -> None:
    most = schema["maximum"]
    assert {"minimum", "exclusiveMinimum"} & schema.keys()
    _SETTINGS.validate_python({name: most})
    for value in (1e308, 10**12, most + 1):
        with pytest.raises(ValidationError) as caught:
            _SETTINGS.validate_python({name: value})
        ((path, reason),) = problems_of(caught.value)
        assert path == name
        assert str(most) in reason or (value == 1e308 and schema["type"] == "integer")


def test_every_number_of_the_settings_is_bounded() -> None:
    assert len(_settings()) > 35
    assert {one.name for one in fields(WorldSettings) if one.name.endswith("_seconds")} <= {
        name for name, _ in _settings()
    }


def test_every_duration_and_fraction_of_a_control_body_is_bounded() -> None:
    for name in registry.answering():
        registry.module(name)
    bodies = [body for body in _bodies() if body.__module__.startswith("stagedoor.emulator")]
    assert len(bodies) > 20
    for body in bodies:
        for path, schema in _numbers(body.model_json_schema()):
            whole = schema["type"] == "integer" and "seconds" not in path
            bounded = {"maximum", "exclusiveMaximum"} & schema.keys()
            assert whole or bounded or path.startswith(".properties.now."), (body, path)


@pytest.mark.parametrize("moment", [1e308, 10**400, -(10**400), 10**12])
def test_a_moment_beyond_its_bound_is_refused(moment: float) -> None:
    with pytest.raises(ValueError, match="is n"):
        read_moment(moment)
