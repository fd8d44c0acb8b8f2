"""Which scopes a login asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.connector.integrations.scopes import choose
from stagedoor.platform.scopes import USER_SCOPES, Scope

names = st.lists(st.sampled_from([*map(str, Scope), "business.creator.insights", "nonsense"]))


@given(wanted=names, approved=st.none() | names)
def test_everything_is_asked_for_or_explained(
    wanted: list[str], approved: list[str] | None
) -> None:
    choice = choose(wanted, approved)
    had = set(map(str, USER_SCOPES) if approved is None else approved)
    explained = [one.scope for one in choice.unavailable]
    assert set(choice.requested) <= had
    assert not had & set(explained)
    assert sorted([*choice.requested, *explained]) == sorted(set(wanted))
    assert all(one.reason and one.where for one in choice.unavailable)


def test_without_a_wish_all_that_is_approved_is_asked_for() -> None:
    assert choose(None, None).requested == tuple(map(str, USER_SCOPES))
    assert choose(None, ["video.list"]).requested == ("video.list",)


@pytest.mark.parametrize(
    ("scope", "where"),
    [
        ("business.creator.insights", "API for Business"),
        ("comment.list", "API for Business"),
        ("portability.all.single", "Data Portability"),
        ("research.data.basic", "Research"),
        ("local.shop.manage", "developer portal"),
        ("video.lists", "spelling"),
    ],
)
def test_it_is_told_where_the_others_are_to_be_had(scope: str, where: str) -> None:
    [unavailable] = choose([scope], None).unavailable
    assert where in unavailable.where


def test_what_the_app_has_approved_can_be_asked_for() -> None:
    assert choose(["portability.all.single"], ["portability.all.single"]).unavailable == ()
