"""Which scopes a login asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.connector.integrations.scopes import choose, unknown
from stagedoor.platform.permissions import ACCOUNT_SCOPES
from stagedoor.platform.scopes import USER_SCOPES, Scope

names = st.lists(st.sampled_from([*map(str, Scope), "business.creator.insights"]))


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
        ("business.creator.insights", 'kind "businessAccount"'),
        ("comment.list", 'kind "businessAccount"'),
        ("biz.spark.auth", 'kind "businessAccount"'),
        ("user.info.username", 'kind "businessAccount"'),
        ("portability.all.single", "Data Portability"),
        ("research.data.basic", "Research"),
        ("local.shop.manage", "developer portal"),
    ],
)
def test_it_is_told_where_the_others_are_to_be_had(scope: str, where: str) -> None:
    [unavailable] = choose([scope], None).unavailable
    assert where in unavailable.where


def test_what_the_app_has_approved_can_be_asked_for() -> None:
    assert choose(["portability.all.single"], ["portability.all.single"]).unavailable == ()


@pytest.mark.parametrize("kind", [CredentialKind.CREATOR, CredentialKind.ACCOUNT])
def test_an_unknown_scope_is_told_with_a_near_one_and_with_those_that_there_are(
    kind: CredentialKind,
) -> None:
    [(place, why)] = unknown(["video.list", "user.info.basics"], None, kind)
    assert place == 1
    assert "Did you mean 'user.info.basic'?" in why
    assert ("comment.list" in why) is (kind is CredentialKind.ACCOUNT)
    assert unknown(["new.scope"], ["new.scope"], kind) == []
    assert unknown(None, None, kind) == []


@pytest.mark.parametrize("scope", [*map(str, Scope), *ACCOUNT_SCOPES])
@pytest.mark.parametrize("kind", [CredentialKind.CREATOR, CredentialKind.ACCOUNT])
def test_a_scope_that_tiktok_has_is_never_unknown(scope: str, kind: CredentialKind) -> None:
    assert unknown([scope], None, kind) == []
