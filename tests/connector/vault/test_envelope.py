"""Envelopes: they open with the same key in the same place, and nowhere else."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st

from stagedoor.connector.vault.envelope import KEY, VALUE, Sealed, key_of, open_, seal

KEY_ID = "d1"
CIPHER = AESGCM(bytes(range(32)))
places = st.lists(st.text(max_size=20), min_size=4, max_size=4).map(tuple)


@given(plain=st.binary(max_size=300), place=places)
def test_what_is_sealed_opens_in_its_place(plain: bytes, place: tuple[str, ...]) -> None:
    text = seal(VALUE, CIPHER, KEY_ID, place, plain)
    assert open_(VALUE, CIPHER, place, text) == plain
    assert key_of(VALUE, text) == KEY_ID


@given(place=places, other=places)
def test_it_opens_in_no_other_place(place: tuple[str, ...], other: tuple[str, ...]) -> None:
    assume(place != other)
    text = seal(VALUE, CIPHER, KEY_ID, place, b"secret")
    with pytest.raises(Sealed):
        open_(VALUE, CIPHER, other, text)


@given(place=places, data=st.data())
def test_names_that_join_to_the_same_text_are_different_places(
    place: tuple[str, ...], data: st.DataObject
) -> None:
    joined = "".join(place)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(joined)), min_size=3, max_size=3)))
    bounds = [0, *cuts, len(joined)]
    other = tuple(joined[a:b] for a, b in pairwise(bounds))
    assume(other != place)
    with pytest.raises(Sealed):
        open_(VALUE, CIPHER, other, seal(VALUE, CIPHER, KEY_ID, place, b"secret"))


@given(plain=st.binary(max_size=60), key=st.binary(min_size=32, max_size=32))
def test_another_key_opens_nothing(plain: bytes, key: bytes) -> None:
    assume(key != bytes(range(32)))
    text = seal(VALUE, CIPHER, KEY_ID, ("a",), plain)
    with pytest.raises(Sealed):
        open_(VALUE, AESGCM(key), ("a",), text)


@given(at=st.integers(0, 200), letter=st.sampled_from("AZaz09-_.=!é"))
def test_an_altered_envelope_never_gives_anything_else(at: int, letter: str) -> None:
    text = seal(VALUE, CIPHER, KEY_ID, ("a", "b"), b"secret")
    at %= len(text)
    altered = text[:at] + letter + text[at + 1 :]
    with suppress(Sealed):
        # the last letters of base64 hold bits that mean nothing
        assert open_(VALUE, CIPHER, ("a", "b"), altered) == b"secret"


@given(text=st.text(max_size=80))
def test_what_is_no_envelope_is_refused(text: str) -> None:
    with pytest.raises(Sealed):
        open_(VALUE, CIPHER, ("a",), text)


def test_the_same_text_is_never_sealed_the_same_way() -> None:
    assert len({seal(VALUE, CIPHER, KEY_ID, ("a",), b"secret") for _ in range(100)}) == 100


def test_a_wrapped_key_is_not_a_value() -> None:
    wrapped = seal(KEY, CIPHER, KEY_ID, ("a",), b"key")
    with pytest.raises(Sealed):
        open_(VALUE, CIPHER, ("a",), "v1" + wrapped.removeprefix("k1"))
