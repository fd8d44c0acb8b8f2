"""Ids, hashes and amounts for TikTok API for Business are refused by their form."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from stagedoor.business import ObjectiveType
from stagedoor.platform import catalogue
from stagedoor.platform.products import business_ads
from stagedoor.platform.refusal import InvalidRequest

OTHERS = {
    ("app_id", "campaign_create"): "the id of an app for iOS or Android",
    ("app_id", "adgroup_create"): "the id of an app for iOS or Android",
    ("app_id", "event_track"): "the id of an app in its store",
    ("ad_id", "event_track"): "what the advertiser's own system kept",
    ("campaign_id", "event_track"): "what the advertiser's own system kept",
    ("order_id", "event_track"): "the shop's own",
    ("location_id", "business_photo_publish"): "a place of a post",
    ("location_id", "business_video_publish"): "a place of a post",
}
"""Ids that have the name of a number, and are something else."""
MATERIALS = ("ad_", "file_")
"""The operations whose videos are files for ads, whose ids are no numbers."""
SAME = {
    "tiktok_item_id": "item_id",
    "identity_authorized_bc_id": "bc_id",
    "excluded_audience_ids": "audience_ids",
}
"""Fields that name an object which has another name elsewhere."""


def _fields(kind: Any, seen: set[type]) -> Iterator[tuple[str, Any]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        seen.add(kind)
        for name, field in kind.model_fields.items():
            yield name, Annotated[(field.annotation, *field.metadata, None)]
            yield from _fields(field.annotation, seen)
    for part in get_args(kind):
        yield from _fields(part, seen)


def _takes(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def _ids() -> dict[str, dict[str, bool]]:
    """By the name of a field: the operations that have it, and whether any text passes."""
    found: dict[str, dict[str, bool]] = {}
    for operation in catalogue.operations().values():
        if operation.id.startswith("business.") and operation.request is not None:
            for name, kind in _fields(operation.request, set()):
                if name.endswith(("_id", "_ids")):
                    loose = any(_takes(kind, value) for value in ("abc", ("abc",)))
                    found.setdefault(SAME.get(name, name), {})[operation.id[9:]] = loose
    return found


def test_an_id_that_is_a_number_is_one_wherever_it_is_passed() -> None:
    ids = _ids()
    numbers = {name.removesuffix("s") for name, by in ids.items() if not all(by.values())}
    assert len(numbers) > 30
    loose = {
        (name, operation)
        for name, by in ids.items()
        if name.removesuffix("s") in numbers
        for operation, any_text in by.items()
        if any_text
    }
    videos = {
        one for one in loose if one[0].startswith("video_id") and one[1].startswith(MATERIALS)
    }
    assert loose - videos == set(OTHERS)


@pytest.mark.parametrize("value", ["abc", "1" * 31, "g" * 32, ""])
def test_every_hash_of_a_file_is_an_md5(value: str) -> None:
    hashes = [
        (operation.id, name)
        for operation in catalogue.operations().values()
        if operation.id.startswith("business.") and operation.request is not None
        for name, kind in _fields(operation.request, set())
        if name.endswith("_signature") and _takes(kind, value)
    ]
    assert hashes == []


@pytest.mark.parametrize(
    "budget", [Decimal("1234567890123456789"), 10**18, "0.00001", 1e18, Decimal("1E+30")]
)
def test_an_amount_with_too_many_digits_is_refused_by_its_field(budget: Any) -> None:
    values = {"campaign_name": "Summer", "objective_type": ObjectiveType.TRAFFIC}
    kind: Any = business_ads.CAMPAIGN_CREATE.request
    assert kind(**values, budget=Decimal("12345678901234.5678")).budget
    with pytest.raises(InvalidRequest, match=r"budget.*(digits|decimal places)"):
        kind(**values, budget=budget)
