"""Identifiers of customers: normal forms, hashes, broken rows, and that no raw value is shown."""

from __future__ import annotations

import hashlib
import io
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor import (
    HashAlgorithm,
    IdentifierKind,
    Identifiers,
    check_identifiers,
    hash_identifier,
    hash_identifiers,
    hashed_user,
)
from stagedoor.business import EventUser
from stagedoor.client.identifiers import block, source
from stagedoor.client.identifiers.columns import calculate_type
from stagedoor.errors import IdentifiersRejected, InvalidRequest

EMAIL, PHONE = IdentifierKind.EMAIL, IdentifierKind.PHONE
IDFA, IDFA_UPPER = IdentifierKind.IDFA, IdentifierKind.IDFA_UPPER
GAID, DEVICE, EXTERNAL = IdentifierKind.GAID, IdentifierKind.DEVICE, IdentifierKind.EXTERNAL_ID
MD5, SHA256 = HashAlgorithm.MD5, HashAlgorithm.SHA256

APPLE_ID = "AEBE52E7-03EE-455A-B3C4-E57283966239"
GOOGLE_ID = "6D92078A-8246-4BA4-AE5B-76104861E7DC"
ALICE = "848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f"
JANE = "86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d"
BRITISH = "e631c2534428c6c9b48c2167604a8983046085e43a2c00ed748733c544c0bb4d"
SECRET = "hidden.person@private.example"

VECTORS = [
    (EMAIL, " ALICE_abc@gmail.com ", SHA256, ALICE),
    (EMAIL, "Jane.Doe@Example.com", SHA256, JANE),
    (
        PHONE,
        "(+1)2133734253",
        SHA256,
        "9f7ec22d72092cd3c0b58726ed9c2d91b92e51a3f29837508fb2948bb22dd2fd",
    ),
    (PHONE, "+44 (0)20 7183 8750", SHA256, BRITISH),
    (
        GAID,
        GOOGLE_ID,
        SHA256,
        "31b806b4deec8c4cb1ffb18b9ab4ee1fa82a2b30e1f47902f04d03f5db023376",
    ),
    (GAID, GOOGLE_ID, MD5, "0c2074fb86930fc4a2a7bb791240a7d3"),
    (IDFA, APPLE_ID, SHA256, "aab766791ab90f208a8bcb342fd935b3012e81ca20b1f7cf707caf804bbd813c"),
    (IDFA, APPLE_ID, MD5, "d57f8e24a33c09a743d3cdc8c40cbbed"),
    (
        IDFA_UPPER,
        APPLE_ID,
        SHA256,
        "a86c7cc94d2cde80e11ffe8811abd326b97dba0766a68aba9f061b7a9b8c71d2",
    ),
    (IDFA_UPPER, APPLE_ID.lower(), MD5, "e69a1078552e13f2734c22322708bd95"),
    (
        EXTERNAL,
        " user_123 ",
        SHA256,
        "80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b",
    ),
]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _lines(identifiers: Identifiers) -> list[str]:
    return b"".join(hash_identifiers(identifiers)).decode().splitlines()


@pytest.mark.parametrize(("kind", "raw", "algorithm", "hashed"), VECTORS)
def test_the_vectors_of_tiktoks_pages(
    kind: IdentifierKind, raw: str, algorithm: HashAlgorithm, hashed: str
) -> None:
    assert hash_identifier(raw, kind, algorithm) == hashed
    assert hash_identifier(hashed, kind, algorithm) == hashed
    assert hash_identifier(f" {hashed.upper()}\t", kind, algorithm) == hashed


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("+44 020 7183 8750", "+442071838750"),
        ("(+44) 020 7183-8750", "+442071838750"),
        ("+49\u00a0(0)30\u2013123456", "+4930123456"),
        ("+353 (0) 1 234 5678", "+35312345678"),
        ("+39 06 1234 5678", "+390612345678"),
        ("+331 02 03 04 05", "+33102030405"),
        ("+44207183 8750", "+442071838750"),
    ],
)
def test_phone_numbers_come_to_their_international_form(raw: str, normal: str) -> None:
    assert hash_identifier(raw, PHONE) == _sha256(normal)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (EMAIL, "jane.doe"),
        (EMAIL, "@example.com"),
        (EMAIL, "jane\0@example.com"),
        (EMAIL, "0c2074fb86930fc4a2a7bb791240a7d3"),
        (PHONE, "2133734253"),
        (PHONE, "+0123456789"),
        (PHONE, "+12345"),
        (PHONE, "+1234567890123456"),
        (PHONE, "+1 213 373 4253 ext 4"),
        (GAID, "00000000-0000-0000-0000-000000000000"),
        (IDFA_UPPER, "00000000-0000-0000-0000-000000000000"),
        (GAID, "6D92078A-8246-4BA4-AE5B"),
        (DEVICE, "xD92078A-8246-4BA4-AE5B-76104861E7DC"),
        (DEVICE, "0c2074fb86930fc4a2a7bb791240a7d3"),
    ],
)
def test_values_that_can_not_be_hashed(kind: IdentifierKind, value: str) -> None:
    assert hash_identifier(value, kind) is None
    with pytest.raises(IdentifiersRejected, match=r"1 row is broken: row 2 is .* Nothing was sent"):
        check_identifiers(Identifiers.of(kind, ["", value]))


def test_a_hash_of_the_other_algorithm_is_told() -> None:
    values = [GOOGLE_ID, "0c2074fb86930fc4a2a7bb791240a7d3", JANE]
    with pytest.raises(IdentifiersRejected, match="row 2 is hashed with MD5 already, where SHA256"):
        check_identifiers(Identifiers.devices(values))
    with pytest.raises(IdentifiersRejected, match="row 3 is hashed with SHA256 already, where MD5"):
        check_identifiers(Identifiers.devices(values, MD5))


_PLAIN: dict[IdentifierKind, Callable[[str], str]] = {
    EMAIL: lambda value: "".join(value.split()).lower(),
    GAID: lambda value: value.strip().lower(),
    IDFA_UPPER: lambda value: value.strip().upper(),
}
_VALUES = {
    EMAIL: st.from_regex(r"\A\s?\w{1,8}[ .+]?\w{1,8}@\w{1,8}\.\w{2,4}\s?\Z"),
    GAID: st.uuids().map(str),
    IDFA_UPPER: st.uuids().map(lambda one: f" {one} "),
}
_HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(
    st.sampled_from(sorted(_PLAIN)).flatmap(
        lambda kind: st.tuples(
            st.just(kind), st.lists(st.one_of(_VALUES[kind], _HASHES, st.sampled_from(["", None])))
        )
    ),
    st.integers(1, 4),
)
def test_blocks_are_hashed_as_each_value_alone(
    case: tuple[IdentifierKind, list[str | None]], rows: int
) -> None:
    kind, values = case
    expected = [
        one if len(one) == 64 and "@" not in one else _sha256(_PLAIN[kind](one))
        for one in values
        if one is not None and one.strip()
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "ROWS", rows)
        assert _lines(Identifiers.of(kind, values)) == expected
        assert _lines(Identifiers.of(kind, iter(values))) == expected
    # what is hashed is never hashed again
    assert _lines(Identifiers.of(kind, expected)) == expected


@given(st.lists(st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z")))
def test_phone_numbers_in_their_international_form_stay(values: list[str]) -> None:
    assert _lines(Identifiers.phones(values)) == [_sha256(one) for one in values]


def test_people_have_a_column_for_each_kind() -> None:
    people: list[dict[str, str | None]] = [
        {"email": "Jane.Doe@Example.com", "phone": None},
        {},
        {"phone": "+44 (0)20 7183 8750", "device": GOOGLE_ID},
    ]
    identifiers = Identifiers.people(people)
    assert calculate_type(identifiers.columns) == "MULTIPLE_TYPES"
    header, jane, british = _lines(identifiers)
    assert header == "email_SHA256,phone_SHA256,MAID_SHA256"
    assert jane == f"{JANE},,"
    assert british == f",{BRITISH},{VECTORS[4][3]}"


@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_columns_are_found_by_their_names(tmp_path: Path, quoted: bool, end: str) -> None:
    name = '"Doe, Jane"' if quoted else "Jane"
    rows = ["Name,E-Mail,Phone Number", f"{name},Jane.Doe@Example.com,", "", f"Al,{ALICE.upper()},"]
    file = tmp_path / "customers.csv"
    file.write_bytes(b"\xef\xbb\xbf" + end.join(rows).encode())
    for source_file in (file, str(file), io.BytesIO(file.read_bytes())):
        identifiers = Identifiers.csv(source_file)
        assert check_identifiers(identifiers) == 2
        assert _lines(identifiers) == ["email_SHA256,phone_SHA256", f"{JANE},", f"{ALICE},"]


def test_csv_columns_can_be_named_and_separated_otherwise() -> None:
    file = io.BytesIO(f"Kunde;Adresse\n1;{SECRET}\n".encode())
    identifiers = Identifiers.csv(file, {"Adresse": EMAIL}, delimiter=";")
    assert calculate_type(identifiers.columns) == "EMAIL_SHA256"
    assert _lines(identifiers) == [_sha256(SECRET)]


def test_cells_may_hold_line_breaks_and_go_on_in_the_next_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stagedoor.client.identifiers.csv_columns.CHUNK", 8)
    rows = "".join(f'"a\nb\n{n}",{n}@x.example\n' for n in range(20))
    file = io.BytesIO(f"note,email\n{rows}".encode())
    assert _lines(Identifiers.csv(file)) == [_sha256(f"{n}@x.example") for n in range(20)]


BROKEN = [
    (f"email,phone\n{SECRET}\n", "row 2 has 1 cell, the header has 2"),
    (f"email,phone\n,\n{SECRET},12\n", r"row 3 \(phone\) is no phone number"),
    (f'email\n"{SECRET}\n', "row 2 is not CSV"),
    (f"email\n{SECRET}\nprivate.example\n", "row 3 is no e-mail address"),
    (f"{SECRET}\n", "no name in the first row is a usual one"),
    (f"E-Mail;Phone\n{SECRET};\n", "IdentifierKind.EMAIL}, or delimiter=';'"),
    ("", "file is empty"),
    (f"email\nä{SECRET}\n".encode("latin-1"), "row 2 is not UTF-8"),
    (f"email\n{SECRET}\n".encode("utf-16"), "the file is not UTF-8"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_broken_rows_of_a_csv_file_are_named(text: str | bytes, message: str) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(InvalidRequest, match=message) as caught:
        check_identifiers(Identifiers.csv(io.BytesIO(data)))
    _assert_hidden(caught.value)


def test_many_broken_rows_are_counted_and_the_first_named() -> None:
    values = ["jane@example.com", *(["private"] * 5000)]
    with pytest.raises(IdentifiersRejected, match="5,000 rows are broken, the first 20 of them"):
        check_identifiers(Identifiers.emails(values))


def _interrupt(*_: Any) -> Any:
    raise KeyboardInterrupt(SECRET)


def _fail(*_: Any) -> Any:
    raise ValueError(SECRET)


FAILURES: list[Callable[[pytest.MonkeyPatch], Any]] = [
    lambda patch: Identifiers.emails([SECRET, "private"]),
    lambda patch: Identifiers.emails([SECRET, 17]),  # type: ignore[list-item]
    lambda patch: Identifiers.emails(SECRET),
    lambda patch: Identifiers.of(EXTERNAL, [SECRET]),
    lambda patch: Identifiers.of(EMAIL, [SECRET], MD5),
    lambda patch: Identifiers.people([{"email": SECRET, SECRET: ""}]),
    lambda patch: Identifiers.people([SECRET]),  # type: ignore[list-item]
    lambda patch: Identifiers.people({"email": SECRET}),  # type: ignore[dict-item]
    lambda patch: hashed_user(email=SECRET, phone="private"),
    lambda patch: (patch.setattr(block, "_joined", _fail), Identifiers.emails([SECRET]))[1],
    lambda patch: (patch.setattr(block, "_joined", _interrupt), Identifiers.emails([SECRET]))[1],
]


@pytest.mark.parametrize("make", FAILURES)
def test_no_error_shows_a_raw_value(
    make: Callable[[pytest.MonkeyPatch], Identifiers],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(BaseException) as caught, caplog.at_level(logging.DEBUG):  # noqa: PT011
        check_identifiers(make(monkeypatch))
    _assert_hidden(caught.value)
    assert "private.example" not in caplog.text


def _assert_hidden(error: BaseException | None) -> None:
    """Neither the error and its causes nor any variable of our frames shows a raw value."""
    while error is not None:
        shown = repr(error) + str(error) + repr(vars(error))
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "stagedoor" in frame.f_code.co_filename and "tests" not in frame.f_code.co_filename:
                shown += repr(frame.f_locals)
        assert "private.example" not in shown
        error = error.__cause__ or error.__context__


def test_the_person_of_an_event_is_hashed() -> None:
    person = hashed_user(" Jane.Doe@Example.com", "+44 (0)20 7183 8750", " user_123 ", ttclid="E.1")
    assert (person.email, person.phone) == (JANE, BRITISH)
    assert (person.external_id, person.ttclid) == (VECTORS[-1][3], "E.1")
    assert hashed_user(email=JANE.upper()).email == JANE
    assert hashed_user().email is None
    assert JANE not in repr(person)
    with pytest.raises(InvalidRequest, match="email is no e-mail address"):
        hashed_user(email="jane")
    with pytest.raises(InvalidRequest, match="is not a SHA-256 hash") as refused:
        EventUser(phone=SECRET)
    assert SECRET not in str(refused.value)


def test_raw_values_are_not_shown_and_can_not_be_pickled() -> None:
    hidden = Identifiers.emails([SECRET])
    tables = list(hidden.tables())
    for one in (hidden, tables[0], tables[0].blocks[0]):
        assert "hidden" in repr(one)
        assert SECRET not in repr(one)
        with pytest.raises(TypeError, match="can't be pickled"):
            pickle.dumps(one)


def test_an_error_of_the_callers_own_iterator_passes() -> None:
    def rows() -> Iterator[str]:
        yield SECRET
        raise LookupError("the database is gone")

    with pytest.raises(LookupError, match="the database is gone") as caught:
        list(hash_identifiers(Identifiers.emails(rows())))
    frames = list(traceback.walk_tb(caught.value.__traceback__))
    ours = [one for one, _ in frames if "identifiers" in one.f_code.co_filename]
    assert not any(SECRET in repr(one.f_locals) for one in ours if "tests" not in str(one.f_code))


def test_memory_does_not_grow_with_the_number_of_identifiers() -> None:
    """At no time more than one block of raw values is alive."""
    alive = most = 0

    class Value(str):
        def __new__(cls, text: str) -> Value:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)
            return super().__new__(cls, text)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    count = 10 * source.ROWS
    made = (Value(f"{n}@x.example") for n in range(count))
    assert sum(map(len, hash_identifiers(Identifiers.emails(made)))) == 65 * count
    assert most <= 2 * source.ROWS + 1
