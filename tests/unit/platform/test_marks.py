"""Meanings of requests' fields are marked on the fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args

from pydantic import BaseModel

from stagedoor.platform import catalogue
from stagedoor.platform.marks import BUDGET, PRIVACY, PUBLISHED_TEXT, FieldMark, marked
from stagedoor.platform.model import Request
from stagedoor.platform.operation import OperationEffect, Surface
from stagedoor.platform.products.posting import CONTENT_INIT, VIDEO_INIT
from tests.support.every import every

EXPECTED = {
    PUBLISHED_TEXT: ("title", "description", "caption", "text", "comment", "message", "body"),
    PRIVACY: ("privacy_level",),
    BUDGET: ("budget", "amount", "bid_price"),
}
"""Ends of names of fields that can hardly mean anything else."""
GIVEN = [
    one
    for one in catalogue.operations().values()
    if one.effect is OperationEffect.WRITE and one.surfaces & {Surface.TOOL, Surface.PROXY}
]


class Group(Request):
    name: str
    daily: Annotated[float | None, BUDGET] = None


class Campaign(Request):
    title: Annotated[str, PUBLISHED_TEXT]
    note: str
    groups: tuple[Group, ...] = ()
    lines: Annotated[tuple[str, ...], PUBLISHED_TEXT] = ()
    total: Annotated[float | None, BUDGET] = None


def test_marked_values_are_found_at_every_depth_and_in_their_order() -> None:
    campaign = Campaign(
        title="#a",
        note="#b",
        groups=(Group(name="#c", daily=1.5), Group(name="d"), Group(name="e", daily=2)),
        lines=("#f", "#g"),
        total=4,
    )
    assert list(marked(campaign, PUBLISHED_TEXT)) == ["#a", "#f", "#g"]
    assert list(marked(campaign, BUDGET)) == [1.5, 2, 4]
    assert list(marked(campaign, PRIVACY)) == []


def test_a_post_s_texts_and_levels_are_marked() -> None:
    info = {"title": "One", "description": "Two", "privacy_level": "SELF_ONLY"}
    source = {"photo_images": ["https://a.example.com/1.jpg"], "photo_cover_index": 0}
    operation: Any = CONTENT_INIT
    photos = operation.request(post_mode="DIRECT_POST", post_info=info, source_info=source)
    assert list(marked(photos, PUBLISHED_TEXT)) == ["One", "Two"]
    assert [str(one) for one in marked(photos, PRIVACY)] == ["SELF_ONLY"]


@every("operation", GIVEN, ids=lambda one: one.id)
def test_no_field_whose_name_gives_it_away_lacks_its_mark(operation: Any) -> None:
    for path, name, marks, kinds in _fields(operation.request):
        for mark, ends in EXPECTED.items():
            if name.endswith(ends) and kinds & {str, int, float}:
                assert mark in marks, f"{operation.id}: mark {path} with {mark.name}"


@every("operation", GIVEN, ids=lambda one: one.id)
def test_a_write_whose_answer_has_the_id_of_a_post_declares_that_it_begins_one(
    operation: Any,
) -> None:
    fields = getattr(operation.response, "model_fields", {})
    assert operation.begins_post == bool({"publish_id", "share_id"} & set(fields))


def test_the_fields_of_a_post_are_looked_at() -> None:
    found = {path: marks for path, _, marks, _ in _fields(VIDEO_INIT.request)}
    assert found["post_info.title"] == {PUBLISHED_TEXT}
    assert "source_info.video_url" in found


def _fields(model: Any, path: str = "") -> Iterator[tuple[str, str, set[FieldMark], set[Any]]]:
    for name, info in model.model_fields.items():
        where = f"{path}.{name}".lstrip(".")
        kinds = {one for one in _kinds(info.annotation) if isinstance(one, type)}
        yield where, name, {one for one in info.metadata if isinstance(one, FieldMark)}, kinds
        for part in kinds:
            if issubclass(part, BaseModel):
                yield from _fields(part, where)


def _kinds(annotation: Any) -> Iterator[Any]:
    """All types that an annotation names."""
    yield annotation
    for part in get_args(annotation):
        if not isinstance(part, str):
            yield from _kinds(part)
