"""PKCE challenges against published vectors."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform import pkce
from tests.support.facts import vectors

VECTORS = vectors("pkce")


@pytest.mark.parametrize("vector", VECTORS["challenges"], ids=lambda v: v["verifier"][:8])
def test_the_challenge_is_tiktoks_hexadecimal_one(vector: dict[str, Any]) -> None:
    assert pkce.challenge(vector["verifier"]) == vector["hex"]


def test_the_web_form_is_that_of_rfc_7636() -> None:
    example = VECTORS["rfc7636"]
    assert pkce.challenge_base64url(example["verifier"]) == example["base64url"]


def test_a_verifier_outside_ascii_is_refused_instead_of_hashed_differently() -> None:
    with pytest.raises(UnicodeEncodeError):
        pkce.challenge("ä" * 43)
