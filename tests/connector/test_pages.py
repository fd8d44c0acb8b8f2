"""Cursors of lists: only those that a page gave are taken."""

from __future__ import annotations

import base64

import pytest

from stagedoor.connector.errors import InvalidInput
from stagedoor.connector.pages import cursor_of, parse_cursor


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode()


@pytest.mark.parametrize(("at", "ids"), [(1_781_524_800.25, ("a",)), (-1.5e-7, ("7600", "Ä b"))])
def test_a_cursor_leads_back_to_its_place(at: float, ids: tuple[str, ...]) -> None:
    assert parse_cursor(cursor_of(at, *ids), ids=len(ids)) == (at, ids)


@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        encoded(b"x|a"),
        encoded(b"1.0"),
        encoded(b"1.0|a|b"),
        encoded(b"1.0|a\0"),
        encoded(b"1.0|\xff"),
        encoded(b"nan|a"),
        encoded(b"inf|a"),
        encoded(b"-1e999|a"),
        "ä",
    ],
)
def test_what_no_page_gave_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        parse_cursor(cursor)
