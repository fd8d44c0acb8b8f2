"""Declared choices: closed in what a caller writes, open in what TikTok answers."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from stagedoor.platform import catalogue, wire
from stagedoor.platform.model import AT_TIKTOK, HINTED, OPEN, Hinted, Request, problems_of
from stagedoor.platform.products import posting
from tests.support.every import every

NOTHING_LIKE_IT = "no-such-value"


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in an annotation, and the models in those."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for info in annotation.model_fields.values():
            yield from models(info.annotation)
    for part in get_args(annotation):
        yield from models(part)


def values(annotation: Any) -> tuple[str, ...]:
    """The choices that an annotation declares, without those of models in it."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(one.value) for one in annotation)
    if get_origin(annotation) is Literal:
        return tuple(str(one) for one in get_args(annotation))
    return tuple(value for part in get_args(annotation) for value in values(part))


def listed(annotation: Any) -> bool:
    """Whether an annotation is a list, also as a part of a union or beside metadata."""
    if get_origin(annotation) in (tuple, list):
        return True
    return not isinstance(annotation, type) and any(map(listed, get_args(annotation)))


def choices(kind: str) -> list[Any]:
    """Each field that declares a choice, of all requests or all answers of all products."""
    found: dict[str, Any] = {}
    for operation in catalogue.operations().values():
        for model in models(getattr(operation, kind)):
            for name, info in model.model_fields.items():
                declared = values(info.annotation)
                if kind == "request" and any(isinstance(one, Hinted) for one in info.metadata):
                    continue  # see below
                if declared:
                    many = listed(info.annotation)
                    case = model, name, many, declared
                    found[f"{model.__module__}.{model.__name__}.{name}"] = case
    return list(found.values())


def reasons(model: type[BaseModel], name: str, value: Any, **more: Any) -> list[str]:
    """The refusal of this field, of a model without other values."""
    outside = model.model_fields[name].alias or name
    try:
        model.model_validate({outside: value}, **more)
    except ValidationError as error:
        return [why for path, why in problems_of(error) if path.split(".")[0] == name.rstrip("_")]
    return []


REQUESTS, ANSWERS = choices("request"), choices("response")


def test_there_are_some_of_each() -> None:
    assert len(REQUESTS) > 12
    assert len(ANSWERS) > 8


@every(("model", "name", "many", "declared"), REQUESTS)
def test_an_unknown_value_in_a_request_is_refused_with_the_allowed_ones(
    model: type[BaseModel], name: str, many: bool, declared: tuple[str, ...]
) -> None:
    def asked(value: str) -> Any:
        return (value,) if many else value

    said = " ".join(reasons(model, name, asked(NOTHING_LIKE_IT)))
    assert said, "it is accepted"
    assert [value for value in declared if value not in said] == []
    assert reasons(model, name, asked(declared[0])) == []


def test_a_choice_of_hints_takes_other_values() -> None:
    class Kind(StrEnum):
        ONE = "ONE"

    class Hints(Request):
        kind: Annotated[Kind | str, OPEN, HINTED]
        kinds: Annotated[tuple[Annotated[Kind | str, OPEN], ...], HINTED] = ()

    made = Hints(kind=NOTHING_LIKE_IT, kinds=("ONE", NOTHING_LIKE_IT))
    assert made.kind == NOTHING_LIKE_IT
    assert made.kinds == (Kind.ONE, NOTHING_LIKE_IT)
    for info in Hints.model_fields.values():
        assert any(isinstance(one, Hinted) for one in info.metadata)


@every(("model", "name", "many", "declared"), ANSWERS)
def test_an_unknown_value_in_an_answer_never_fails(
    model: type[BaseModel], name: str, many: bool, declared: tuple[str, ...]
) -> None:
    assert reasons(model, name, (NOTHING_LIKE_IT,) if many else NOTHING_LIKE_IT) == []


VIDEO = (
    b'{"post_info": {"privacy_level": "public"}, '
    b'"source_info": {"source": "PULL_FROM_URL", "video_url": "https://a.example/v.mp4"}}'
)


def test_what_arrives_is_closed_too_except_where_tiktok_judges_it() -> None:
    with pytest.raises(wire.Malformed) as refused:
        wire.parse(posting.VIDEO_INIT, "", VIDEO)
    [(path, why)] = refused.value.problems
    assert path == "post_info.privacy_level"
    assert why == f"is none of {', '.join(posting.PrivacyLevel)}"
    request = wire.parse(posting.VIDEO_INIT, "", VIDEO, at_tiktok=True)
    assert request.post_info.privacy_level == "public"


def test_photos_to_be_posted_directly_need_a_level_at_once() -> None:
    photos = {"photo_images": ["https://a.example/1.jpg"], "photo_cover_index": 0}
    for mode, problems in (("DIRECT_POST", 1), ("MEDIA_UPLOAD", 0)):
        asked = {"post_mode": mode, "post_info": {"title": "x"}, "source_info": photos}
        said = []
        try:
            posting.ContentInit.model_validate(asked)
        except ValidationError as error:
            said = [why for _, why in problems_of(error)]
        assert len(said) == problems
        assert all("privacy_level" in why for why in said)
        posting.ContentInit.model_validate(asked, context={AT_TIKTOK})


def test_the_cover_is_one_of_the_photos() -> None:
    photos = {"photo_images": ["https://a.example/1.jpg"], "photo_cover_index": 1}
    [why] = reasons(posting.ContentInit, "source_info", photos)
    assert why == "is 1, but the photos count from 0 to 0"
