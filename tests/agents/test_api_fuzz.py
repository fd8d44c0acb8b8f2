"""The API fuzzed from its OpenAPI document: 0 server errors, 0 answers that it doesn't describe."""

from __future__ import annotations

import pytest

from tests.agents.api_fuzz import fuzz
from tests.agents.conftest import AgentFixture

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_every_answer_is_described(agent: AgentFixture) -> None:
    assert fuzz(agent, examples=2, seeded=True) > 200


@pytest.mark.drill
@pytest.mark.timeout(3_600)
def test_every_answer_is_described_at_length(agent: AgentFixture) -> None:
    assert fuzz(agent, examples=150, seeded=False) > 5_000
