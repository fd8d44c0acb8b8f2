"""The chain's arithmetic: verification finds every change."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.agents.audit import chain
from stagedoor.agents.audit.entry import Head
from stagedoor.agents.audit.verify import check

NOTHING = dict.fromkeys(chain.FIELDS)
WORDS = st.none() | st.text(max_size=6)


def entries(values: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    last = chain.START
    for number, value in enumerate(values, 1):
        text = value.get("text")
        row = {**NOTHING, **value, "org": "acme", "seq": number, "at": float(number)}
        row |= {"kind": "decision", "erased_by": None, "text_seq": None, "salt": None}
        if text is not None:
            row |= {"salt": f"salt{number}", "text_seq": number}
            row["commitment"] = chain.commit(f"salt{number}", text)
        row.setdefault("text", None)
        row["hash"] = last = chain.link(last, row)
        yield row


VALUES = st.lists(
    st.fixed_dictionaries({"agent": WORDS, "account": WORDS, "rule": WORDS, "text": WORDS}),
    min_size=1,
    max_size=8,
)


def intact(rows: list[dict[str, Any]], end: Head) -> bool:
    return check("acme", rows, end, True).intact


@given(VALUES, st.data())
def test_any_change_of_a_chain_is_seen(values: list[dict[str, Any]], data: st.DataObject) -> None:
    rows = list(entries(values))
    end = Head(rows[-1]["seq"], rows[-1]["hash"])
    assert intact(rows, end)
    place = data.draw(st.integers(0, len(rows) - 1))
    what = data.draw(st.sampled_from(["change", "text", "remove", "double", "swap", "renumber"]))
    other = [dict(row) for row in rows]
    if what == "change":
        name = data.draw(st.sampled_from([*chain.FIELDS, "hash"]))
        if name == "org":
            assert not check("other", rows, end, True).intact
            return
        other[place][name] = f"{other[place][name]}x" if name != "seq" else 99
    elif what == "text":
        if other[place]["text"] is None:
            return
        other[place]["text"] += "x"
    elif what == "remove":
        del other[place]
    elif what == "double":
        other.insert(place, dict(other[place]))
    else:
        if place + 1 >= len(other):
            return
        one, two = other[place], other[place + 1]
        other[place : place + 2] = [two, one]
        if what == "renumber":
            one["seq"], two["seq"] = two["seq"], one["seq"]
    assert not intact(other, end)


@given(st.text(), st.text(), st.text(), st.text())
def test_no_value_reaches_into_the_next(a: str, b: str, c: str, d: str) -> None:
    def linked(agent: str, rule: str) -> str:
        return chain.link(chain.START, {**NOTHING, "agent": agent, "rule": rule})

    assert (linked(a, b) == linked(c, d)) == ((a, b) == (c, d))
    assert (chain.commit(a, b) == chain.commit(c, d)) == ((a, b) == (c, d))


def test_nothing_is_not_the_word_for_it() -> None:
    def linked(agent: object) -> str:
        return chain.link(chain.START, {**NOTHING, "agent": agent})

    assert len({linked(one) for one in (None, "null", "None", "", 1, "1")}) == 6


def test_an_end_without_its_proof_is_told() -> None:
    rows = list(entries([{}]))
    assert not check("acme", rows, Head(1, rows[-1]["hash"]), False).intact
    key = b"k" * 32
    good = chain.mac(key, "acme", 1, "h")
    assert chain.same(good, chain.mac(key, "acme", 1, "h"))
    for other in (("acme", 2, "h"), ("other", 1, "h"), ("acme", 1, "g")):
        assert not chain.same(good, chain.mac(key, *other))


def test_reading_a_long_chain_takes_no_more_memory_than_a_short_one() -> None:
    def peak(length: int) -> int:
        last = Head(0, chain.START)
        for row in entries([{}] * length):
            last = Head(row["seq"], row["hash"])
        tracemalloc.start()
        assert check("acme", entries([{}] * length), last, True).entries == length
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(4_000) < peak(400) + 200_000
