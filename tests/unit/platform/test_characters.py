"""The form of texts in which searches compare them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.platform.characters import searchable


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème brûlée", "cre\u0300me"),
        ("Cre\u0300me bru\u0302le\u0301e", "CRÈME BRÛLÉE"),
        ("\uff26\uff35\uff2c\uff2c \u2460", "full 1"),
        ("Große Straße", "GROSSE STRASSE"),
        ("\u0130stanbul", "i\u0307STANBUL"),
        ("Å", "\u212b"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬁne ﬁlm", "FINE FILM"),
        ("plain ASCII", "PLAIN ascii"),
    ],
)
def test_spellings_of_one_text_find_each_other(text: str, words: str) -> None:
    assert searchable(words) in searchable(text)


@given(st.text())
def test_a_text_is_found_in_any_of_its_forms(text: str) -> None:
    form = searchable(text)
    for name in ("NFC", "NFD", "NFKC", "NFKD"):
        assert searchable(unicodedata.normalize(name, text)) == form
    assert searchable(form) == form
