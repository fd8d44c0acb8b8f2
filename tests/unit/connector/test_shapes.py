"""Requests take JSON's own types, also inside of mappings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from pydantic import Field, Strict, ValidationError

from stagedoor.connector.shapes import ForeignJson, Model, ResponseModel


def test_a_mapping_whose_values_would_be_converted_is_refused_where_it_is_declared() -> None:
    for kind in (
        dict[str, int],
        dict[str, bool | None],
        Mapping[str, Annotated[float, Field(gt=0)]],
    ):
        with pytest.raises(TypeError, match=r"Body\.values: declare the values Strict"):
            type("Body", (Model,), {"__annotations__": {"values": kind}})


def test_the_strict_values_of_a_mapping_are_of_their_type() -> None:
    class Days(Model):
        values: dict[str, Annotated[int, Strict(), Field(ge=1)] | None]
        anything: dict[str, Any] = Field(default_factory=dict)

    assert Days.model_validate({"values": {"a": 7, "b": None}}).values == {"a": 7, "b": None}
    for wrong in ("7", 7.0, True):
        with pytest.raises(ValidationError) as caught:
            Days.model_validate({"values": {"a": wrong}})
        assert caught.value.errors()[0]["loc"] == ("values", "a")


class Told(ResponseModel):
    content: ForeignJson


def test_ids_and_numbers_that_javascript_rounds_are_strings() -> None:
    big = 2**53
    content = {
        "comment_id": big + 1,
        "id": 7,
        "videoId": 8,
        "valid": True,
        "is_id": True,
        "ids": [1, "2", None],
        "entry": [{"adv_id": 3, "likes": 5, "views": big, "change": -big, "exact": big - 1}],
        "bids": [1.5, 2],
    }
    assert Told(content=content).model_dump(mode="json")["content"] == content | {
        "comment_id": "9007199254740993",
        "id": "7",
        "videoId": "8",
        "ids": ["1", "2", None],
        "entry": [
            {
                "adv_id": "3",
                "likes": 5,
                "views": "9007199254740992",
                "change": "-9007199254740992",
                "exact": big - 1,
            }
        ],
    }
