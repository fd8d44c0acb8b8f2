"""Names of the emulator's world in examples are replaced before real TikTok is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from stagedoor.emulator import Emulator
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation, OperationEffect
from stagedoor.platform.products import business_ads, business_audiences, display
from tests.conformance.credentials import IN_EXAMPLES, Unreachable
from tests.conformance.references import (
    REFERENCES,
    References,
    at_path,
    leaves,
    reference_of,
    replaced,
)
from tests.examples import Seeded, example_of, values_of

OPERATIONS = list(catalogue.operations().values())
_NAMING = ("_id", "_ids", "_url", "_link", "_images", "url", "username", "handle_name", "shop_name")
VOCABULARY = frozenset({"location_ids", "landing_page_url"})
"""Such fields whose values are TikTok's own, or nobody's."""
OF_NOBODY = frozenset(
    {
        ("business.event_track", "event_id"),
        ("business.event_track", "url"),
        ("business.property_add", "url"),
    }
)


@pytest.fixture(scope="module")
def seeded() -> Iterator[Seeded]:
    emulator = Emulator()
    yield Seeded(emulator.world)
    emulator.close()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_whatever_an_example_names_of_an_account_is_replaced(
    operation: Operation[..., Any], seeded: Seeded
) -> None:
    if example_of(operation).refused:
        return  # it names on purpose what isn't there
    for name, value in leaves(values_of(operation, seeded)):
        names_something = name.endswith(_NAMING) and name not in VOCABULARY
        if not names_something or (operation.id, name) in OF_NOBODY or value in IN_EXAMPLES:
            continue
        assert reference_of(operation, name) is not None, (
            f"{operation.id}: say in tests/conformance/references.py where a run on real TikTok "
            f"gets {name} from"
        )


def test_each_reference_is_of_some_example(seeded: Seeded) -> None:
    used = {
        reference_of(operation, name)
        for operation in OPERATIONS
        for name, _ in leaves(values_of(operation, seeded))
    }
    assert [one for one in REFERENCES if one not in used] == []


def test_a_write_names_nothing_that_a_read_found() -> None:
    asked: list[str] = []

    def ask(operation: Operation[..., Any]) -> Any:
        asked.append(operation.id)
        return {"list": [{"campaign_id": "1", "advertiser_id": "2", "adgroup_id": "3"}]}

    references = References({}, ask, may_write=True)
    for write in OPERATIONS:
        if write.effect is OperationEffect.WRITE:
            for reference in REFERENCES:
                try:
                    references.of(write, reference)
                except Unreachable:
                    continue
    makers = {maker.id for one in REFERENCES for maker, _ in one.made}
    assert set(asked) <= makers


def test_a_read_names_what_a_variable_says_first() -> None:
    [campaign] = [one for one in REFERENCES if one.name == "filter_value"]
    named = References(
        {"STAGEDOOR_CONFORMANCE_CAMPAIGN_ID": "11, 12"}, lambda _: None, may_write=True
    )
    assert named.of(business_ads.CAMPAIGN_GET, campaign, 2) == ['["11"]', '["12"]']


def test_what_is_deleted_is_what_the_run_made() -> None:
    [audience] = [one for one in REFERENCES if one.name == "custom_audience_id"]
    environment = {audience.environment: "11"}
    made = References(environment, lambda _: {"custom_audience_id": "12"}, may_write=True)
    none = References(environment, lambda _: None, may_write=True)
    assert made.of(business_audiences.AUDIENCE_DELETE, audience) == ["12"]
    assert made.of(business_audiences.AUDIENCE_UPDATE, audience) == ["12"]
    assert none.of(business_audiences.AUDIENCE_UPDATE, audience) == ["11"]
    with pytest.raises(Unreachable, match=r"made none$"):
        none.of(business_audiences.AUDIENCE_DELETE, audience)


def test_nothing_is_made_without_writes() -> None:
    asked: list[str] = []
    references = References({}, lambda one: asked.append(one.id), may_write=False)
    [post] = [one for one in REFERENCES if one.name == "publish_id"]
    with pytest.raises(Unreachable, match="pass --writes"):
        references.of(display.VIDEO_LIST, post)
    assert asked == []


def test_a_path_goes_through_lists() -> None:
    data = {"videos": [{"id": 1}, {"id": "2"}, {"id": None}, {"id": 1}], "all": [["3"], "4"]}
    assert at_path(data, "videos.id") == ["1", "2"]
    assert at_path(data, "all") == ["3", "4"]
    assert at_path(data, "none.id") == []


def test_replacing_nothing_changes_nothing(seeded: Seeded) -> None:
    for operation in OPERATIONS:
        values = values_of(operation, seeded)
        same = replaced(values, lambda _, value: value)
        assert operation.request(**same) == operation.request(**values)
