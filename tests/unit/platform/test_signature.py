"""The webhook signature against vectors computed from TikTok's description."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stagedoor.platform import signature
from tests.support.facts import vectors

FACTS = vectors("signatures")
SECRET = FACTS["secret"]


@pytest.mark.parametrize("vector", FACTS["signatures"], ids=lambda v: v["about"])
def test_the_header_is_the_published_one(vector: dict[str, Any]) -> None:
    body = vector["raw_body"].encode()
    assert signature.header(SECRET, vector["timestamp"], body) == vector["header"]


@given(body=st.binary(max_size=200), other=st.binary(max_size=200), at=st.integers(0, 2**40))
def test_other_bytes_another_time_or_another_secret_sign_differently(
    body: bytes, other: bytes, at: int
) -> None:
    assume(body != other)
    signed = signature.digest(SECRET, at, body)
    assert signature.digest(SECRET, at, other) != signed
    assert signature.digest(SECRET, at + 1, body) != signed
    assert signature.digest(SECRET + "1", at, body) != signed
