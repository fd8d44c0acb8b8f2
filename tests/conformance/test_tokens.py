"""A token that nobody has is refused in the form of each protocol, as a token."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.errors import ErrorKind
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business, business_accounts, display, research

from .suite import Suite
from .test_operations import reached

OF_SUBJECTS = (
    (display.USER_INFO, "act.nobody"),
    (research.VIDEO_QUERY, "clt.nobody"),
    (business.BUSINESS_USER_INFO, "0" * 40),
    (business_accounts.BUSINESS_GET, "act.nobody"),
)


@pytest.mark.parametrize(
    ("operation", "token"), OF_SUBJECTS, ids=lambda one: getattr(one, "id", "")
)
def test_a_token_that_nobody_has_is_refused(
    operation: Operation[..., Any], token: str, suite: Suite
) -> None:
    with reached():
        outcome = suite.asked_with(operation, {}, token)
    assert outcome.kind is ErrorKind.AUTH
    assert outcome.drift == ()
