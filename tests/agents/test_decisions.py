"""What agents are allowed, what they are told, and what of it is on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from stagedoor.agents.audit.entry import Outcome
from stagedoor.agents.decisions.decision import Allow, Ask, Deny, Guard
from tests.agents.conftest import VIDEO, Hand
from tests.connector.conftest import Service
from tests.support.connecting import connect, pass_time
from tests.support.local import Local


def test_nothing_is_allowed_until_it_is_given(hand: Hand) -> None:
    denied = hand.asks("posting.video_init", VIDEO)
    assert isinstance(denied, Deny)
    name = hand.service.api("GET", "/api/integrations")["integrations"][0]["username"]
    assert denied.sentence == (
        f"Social Agent asked to post 'New product drop #Drop' to @{name}. "
        "Denied: Post to profile is off for this agent."
    )
    [row] = hand.rows()
    assert (row["decision"], row["rule"], row["sentence"]) == (
        "denied",
        Guard.NO_GRANT,
        denied.sentence,
    )
