"""Every list and text of a request has a bound, and costs nothing beyond it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from stagedoor.platform import catalogue, wire
from stagedoor.platform.bounds import MAX_BODY, MAX_PROBLEMS, MAX_TEXT, AtMost
from stagedoor.platform.encodable import first_problem
from stagedoor.platform.model import Request, problems_of
from stagedoor.platform.operation import Host, Operation, Surface
from stagedoor.platform.products import sharing
from stagedoor.platform.reasons import _FORMS, reason_of
from stagedoor.platform.refusal import InvalidRequest
from tests.support.every import every

MODELS = {
    **{one.id: one.request for one in catalogue.operations().values()},
    "ios": sharing.IosShare,
    "android": sharing.AndroidShare,
}
GOOD = {"field_name": "username", "operation": "IN", "field_values": ["maracooks"]}
DAYS = {"start_date": "20260101", "end_date": "20260102"}


def lists(model: type[BaseModel]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every array and free object in the schema of a request, by its path."""
    whole = model.model_json_schema()
    waiting: list[tuple[str, dict[str, Any]]] = [(model.__name__, whole)]
    while waiting:
        path, node = waiting.pop()
        if "$ref" in node:
            node = whole["$defs"][node["$ref"].rpartition("/")[2]]
        if node.get("type") == "array" or (
            node.get("type") == "object" and "properties" not in node
        ):
            yield path, node
        waiting += [(path, one) for key in ("anyOf", "oneOf", "allOf") for one in node.get(key, ())]
        waiting += [(f"{path}.{k}", one) for k, one in node.get("properties", {}).items()]
        if isinstance(node.get("items"), dict):
            waiting.append((f"{path}[]", node["items"]))


@every("name", MODELS, ids=str)
def test_every_list_of_a_request_declares_its_bound(name: str) -> None:
    model: Any = MODELS[name]
    unbounded = [path for path, node in lists(model) if not {"maxItems", "maxProperties"} & {*node}]
    assert unbounded == []


def test_a_list_without_a_bound_is_found() -> None:
    class Careless(Request):
        ids: tuple[str, ...]

    assert [path for path, node in lists(Careless) if "maxItems" not in node] == ["Careless.ids"]


def parts(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside an annotation, and those of their fields."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from parts(field.annotation)
    for one in get_args(annotation):
        yield from parts(one)


@every("name", MODELS, ids=str)
def test_every_part_of_a_request_bounds_its_texts_and_refuses_unknown_names(name: str) -> None:
    model: Any = MODELS[name]
    assert issubclass(model, Request)
    for part in parts(model):
        assert part.model_config.get("str_max_length") == MAX_TEXT, part
        assert part.model_config.get("extra") == "forbid", part


@pytest.mark.parametrize("name", MODELS)
def test_every_form_of_a_text_is_told_in_words(name: str) -> None:
    model: Any = MODELS[name]
    schema = json.dumps(model.model_json_schema())
    for pattern in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', schema):
        assert json.loads(pattern) in _FORMS, pattern


def test_a_text_beyond_the_default_is_refused_and_one_at_it_is_not() -> None:
    class Plain(Request):
        text: str

    assert len(Plain(text="x" * MAX_TEXT).text) == MAX_TEXT
    with pytest.raises(InvalidRequest, match=f"at most {MAX_TEXT} characters"):
        Plain(text="x" * (MAX_TEXT + 1))


@pytest.mark.parametrize("item", [1, "x", {}])
def test_no_item_beyond_the_bound_is_validated(item: object) -> None:
    seen: list[object] = []

    def look(value: object) -> object:
        seen.append(value)
        return value

    class Counted(Request):
        items: Annotated[tuple[Annotated[str, BeforeValidator(look)], ...], AtMost(3)]

    text = json.dumps({"items": [item] * 50_000})
    checks: list[Callable[[], Counted]] = [
        lambda: Counted.model_validate(json.loads(text)),
        lambda: Counted.model_validate_json(text, strict=True),
    ]
    for validate in checks:
        seen.clear()
        with pytest.raises(ValidationError):
            validate()
        assert len(seen) <= 4
    assert Counted.model_validate({"items": ["a", "b", "c"]}).items == ("a", "b", "c")


def parsed(operation: Operation[..., Any], query: str, body: Any) -> tuple[tuple[str, str], ...]:
    with pytest.raises(wire.Malformed) as refusal:
        wire.parse(operation, query, json.dumps(body).encode())
    return refusal.value.problems


@pytest.mark.parametrize(
    "conditions", [[{}] * 16_000, [GOOD] * 101, [{**GOOD, "field_values": ["a"] * 1_001}]]
)
def test_a_query_with_too_much_in_it_is_refused_in_few_words(conditions: list[Any]) -> None:
    operation = catalogue.operations()["research.video_query"]
    problems = parsed(operation, "fields=id", {"query": {"and": conditions}, **DAYS})
    assert 0 < len(problems) <= MAX_PROBLEMS
    assert len(str(problems)) < 5_000
    good = {"query": {"and": [{**GOOD, "field_values": ["a"] * 1_000}] * 10}, **DAYS}
    assert wire.parse(operation, "fields=id", json.dumps(good).encode())


def test_at_most_ten_problems_are_named_and_each_is_short() -> None:
    class Wide(Request):
        pass

    with pytest.raises(ValidationError) as error:
        Wide.model_validate({f"{number}{'x' * 5_000}": 1 for number in range(500)})
    problems = problems_of(error.value)
    assert len(problems) == MAX_PROBLEMS
    assert all(len(path) + len(why) < 500 for path, why in problems)


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"query":' + b"[" * 60_000, b'{"a":' * 9_000])
def test_nesting_is_bounded(body: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.parse(catalogue.operations()["research.video_query"], "fields=id", body)


def test_a_body_is_small_unless_the_operation_declares_more() -> None:
    bigger = {
        one.id: one.max_body
        for one in catalogue.operations().values()
        if Surface.PROXY in one.surfaces
        # files for ads are as large as TikTok takes them; the proxy has a bound of its own for them
        and one.host is not Host.BUSINESS
        and one.max_body != MAX_BODY
    }
    assert set(bigger) == {"research.validation_create"}
    assert max(bigger.values()) < 512 << 10


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", "a\udfffb"])
def test_what_can_not_be_kept_is_refused_by_path_in_every_encoding(bad: str) -> None:
    operations = catalogue.operations()
    research = operations["research.video_query"]
    body = {"query": {"and": [{**GOOD, "field_values": ["ok", bad]}]}, **DAYS}
    [(path, why)] = parsed(research, "fields=id", body)
    assert (path, "NUL" in why or "surrogate" in why) == ("query.and.0.field_values.1", True)
    with pytest.raises(InvalidRequest) as refusal:
        research.request(query=bad, **DAYS)
    assert refusal.value.problems[0][0] == "query"
    body["query"]["and"][0]["field_values"] = ["ok", "\U0001f3ad"]  # type: ignore[index]
    assert wire.parse(research, "fields=id", json.dumps(body).encode())


def test_a_nul_in_a_query_or_form_is_refused_by_path() -> None:
    operations = catalogue.operations()
    with pytest.raises(wire.Malformed, match="url: holds a NUL"):
        wire.parse(operations["embed.oembed_video"], "url=https://www.tiktok.com/@a%00", b"")
    form = b"client_key=a%00b&client_secret=s&grant_type=client_credentials"
    with pytest.raises(wire.Malformed, match="client_key: holds a NUL"):
        wire.parse(operations["oauth.token_client"], "", form)


def test_a_value_of_any_length_is_told_in_a_short_reason() -> None:
    """The search in a reason takes time in proportion to its length: this would take hours."""
    long = "a" * (4 << 20)
    assert len(reason_of("union_tag_invalid", f"Input tag '{long}' found")) < 400
    counted = "Tuple should have at most 3 items after validation, not 4"
    assert reason_of("too_long", counted) == "must have at most 3 items"


def test_the_place_of_a_text_is_told_beside_many_values() -> None:
    value = {"a": [1] * 1_000 + [{"b": "\0"}, "\0"]}
    assert first_problem(value) == (
        "a.1000.b",
        "holds a NUL character, which no text here may hold",
    )
    assert first_problem({"a": [1] * 1_000, "b": None}) is None
    assert first_problem({"a": [1] * 1_000}, 1_000) == ("", "holds more than 1000 values")
    assert first_problem({"a": [1] * 998}, 1_000) is None
    assert (first_problem("\0", path="title") or ("",))[0] == "title"


class Chosen(Request):
    names: (
        Annotated[str, Field(max_length=3)] | Annotated[list[str], Field(min_length=1), AtMost(3)]
    )
    days: dict[str, int] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ({"names": []}, {"names"}),
        ({"names": [1]}, {"names", "names.0"}),
        ({"names": "a", "days": {"monday": "x"}}, {"days.monday"}),
    ],
)
def test_a_path_names_places_and_no_kinds_of_values(given: dict[str, Any], paths: set[str]) -> None:
    with pytest.raises(ValidationError) as error:
        Chosen.model_validate(given)
    assert {path for path, _ in problems_of(error.value)} == paths
