"""Two records in one, and a database beside what its witness saw."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.connector.witness.record import DamagedWitness, WitnessRecord, behind, merged

SAW = WitnessRecord("db", 1, 7, "sys", "00000001", {"acme": (5, "e5"), "new": (0, "00")})

records = st.builds(
    WitnessRecord,
    st.just("db"),
    st.integers(0, 2),
    st.integers(0, 5),
    st.just("sys"),
    st.just("1"),
    st.dictionaries(
        st.sampled_from(["a", "b"]), st.integers(0, 5).map(lambda n: (n, f"h{n}")), max_size=2
    ),
)


@given(records, records)
def test_nothing_goes_back_in_a_merged_record(one: WitnessRecord, other: WitnessRecord) -> None:
    both = merged(one, other)
    assert both.effects == max(one.effects, other.effects)
    assert both.generation == max(one.generation, other.generation)
    for record in (one, other):
        for org, head in record.heads.items():
            if record.generation == both.generation:
                assert both.heads[org][0] >= head[0]
            elif head[0]:
                assert head == both.heads.get(org) or head in both.former[org]
    assert behind(both, one) == []
    assert behind(both, other) == []


@given(records)
def test_a_record_is_read_as_it_was_written(record: WitnessRecord) -> None:
    assert WitnessRecord.read(record.text()) == record
    assert merged(record, record) == record


@pytest.mark.parametrize(
    "change",
    [
        {"effects": 6},
        {"heads": {"acme": (4, "e4")}},
        {"heads": {"acme": (5, "x5")}},
        {"heads": {}},
        {"system": "other"},
        {"timeline": "00000002"},
        {"generation": 0},
    ],
    ids=lambda change: str(next(iter(change))),
)
def test_an_earlier_or_another_database_is_behind(change: dict[str, object]) -> None:
    assert behind(SAW, SAW) == []
    assert behind(replace(SAW, **change), SAW) != []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"effects": 8},
        {"heads": {"acme": (9, "e9"), "more": (1, "m1")}},
        {"system": None, "timeline": None},
        {"generation": 2, "effects": 0, "heads": {}},
    ],
    ids=lambda change: str(next(iter(change))),
)
def test_a_later_database_is_not(change: dict[str, object]) -> None:
    assert behind(replace(SAW, **change), SAW) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        json.dumps({"form": 2}),
        json.dumps({"form": 1}),
        SAW.text().replace('"effects": 7', '"effects": "7"'),
        SAW.text().replace('[5, "e5"]', "5"),
        SAW.text()[:-9],
    ],
)
def test_what_is_no_record_is_damaged(text: str) -> None:
    with pytest.raises(DamagedWitness):
        WitnessRecord.read(text)
