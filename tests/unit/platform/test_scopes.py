"""Scopes as a person grants them."""

from __future__ import annotations

import pytest

from stagedoor.platform.scopes import USER_SCOPES, Scope, consent_text, implied


@pytest.mark.parametrize("scope", USER_SCOPES)
def test_a_scope_that_people_grant_is_worded_for_people(scope: Scope) -> None:
    text = consent_text(scope)
    assert " " in text.title
    assert text.toggleable is (scope is not Scope.USER_INFO_BASIC)


@pytest.mark.parametrize("name", ["research.data.basic", "scope.of.tomorrow"])
def test_another_scope_shows_its_own_name(name: str) -> None:
    assert consent_text(name).title == name


@pytest.mark.parametrize("scope", [Scope.USER_INFO_PROFILE, Scope.USER_INFO_STATS])
def test_basic_counts_as_granted_with_any_user_info_scope(scope: Scope) -> None:
    assert implied(frozenset({scope})) == {scope, Scope.USER_INFO_BASIC}


def test_nothing_else_is_implied() -> None:
    assert implied(frozenset({Scope.VIDEO_LIST})) == {Scope.VIDEO_LIST}
    assert implied(frozenset()) == frozenset()
