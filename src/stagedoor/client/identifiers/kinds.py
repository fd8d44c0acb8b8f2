"""Kinds of identifiers, and TikTok's rules for their normal form (`business-audience.yaml`).

A normaliser works on many values at once, joined by line breaks: a loop in C over the whole text is
several times faster than one call per value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from stagedoor.platform.refusal import InvalidRequest


class IdentifierKind(StrEnum):
    """The kind of an identifier, which decides its normal form."""

    EMAIL = "email"
    PHONE = "phone"
    IDFA = "idfa"
    """Apple's advertising id, hashed in lower case as TikTok advises."""
    IDFA_UPPER = "idfa_upper"
    """Apple's advertising id, hashed in upper case, to fit hashes that were made so before."""
    GAID = "gaid"
    """Google's advertising id."""
    DEVICE = "device"
    """An advertising id of either system."""
    EXTERNAL_ID = "external_id"
    """The advertiser's own id of a customer; for events alone, not for audiences."""


class HashAlgorithm(StrEnum):
    """How identifiers are hashed; MD5 is for device ids alone."""

    SHA256 = "SHA256"
    MD5 = "MD5"


HASH_LENGTH = {HashAlgorithm.SHA256: 64, HashAlgorithm.MD5: 32}
SHA256_GROUP, MD5_GROUP, RAW_GROUP = 1, 2, 3
"""Groups of a rule's pattern; an empty value matches none of them."""


AllLines = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class KindRule:
    """How a kind is normalised, and which normal forms can be hashed."""

    normalise: Callable[[str], bytes]
    pattern: re.Pattern[bytes]
    """Of one value; the group tells what it is."""
    all_raw: AllLines
    """Whether lines are raw values without exception, told in one pass."""
    all_good: Mapping[HashAlgorithm, AllLines]
    """Whether lines are raw values, hashes of the algorithm, or empty."""
    wrong: str
    """The reason for which a value that doesn't match is refused."""
    algorithms: frozenset[HashAlgorithm]


_BLANK = r" \t\r\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DROPPED = rf"[{_BLANK}()\[\]\-\u2010-\u2015\u2212]"
"""Blanks, brackets and dashes in phone numbers."""
_ASCII_BLANKS = b" \t\r\x0b\x0c\x1c\x1d\x1e\x1f"
_LOWER = bytes(range(256)).lower()

_blanks = re.compile(f"[{_BLANK}]+")
_in_phones = re.compile(f"{_DROPPED}+")
_CALLING_CODE = (
    r"(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(?:2[1-689]|3[578]|42|5[09]|6[789]|8[03578]|9[679])\d)"
)
_KEEP_THE_ZERO = r"(?:39|225|242|378)"
"""Italy, Ivory Coast, Congo, San Marino: the zero belongs to the number there."""
_trunk_zero = re.compile(
    rf"(\+{_DROPPED}*(?!{_KEEP_THE_ZERO}{_DROPPED}){_CALLING_CODE}){_DROPPED}+0"
)
"""A zero behind a calling code that a blank, a dash or a bracket sets apart: +44 (0)20, +44 020."""


def _email(text: str) -> bytes:
    if text.isascii():
        return text.encode("ascii").translate(_LOWER, _ASCII_BLANKS)
    return _encoded(_blanks.sub("", text).lower())


def _phone(text: str) -> bytes:
    text = "".join(_trunk_zero.split(text))  # what it matched but for the group: the zero
    if text.isascii():
        return text.encode("ascii").translate(_LOWER, _ASCII_BLANKS + b"()[]-")
    return _encoded(_in_phones.sub("", text).lower())


def _lower(text: str) -> bytes:
    return _encoded(text.lower())


def _upper(text: str) -> bytes:
    return _encoded(text.upper())


def _encoded(text: str) -> bytes:
    """UTF-8. Bytes that weren't, kept as surrogates by the reader, stay recognisable."""
    return text.encode("utf-8", "surrogatepass")


NOT_UTF8 = re.compile(rb"\xed[\xa0-\xbf]")

_HASH = rb"[0-9a-fA-F]{64}"
_MD5 = rb"[0-9a-fA-F]{32}"
_HASHES = {HashAlgorithm.SHA256: _HASH, HashAlgorithm.MD5: _MD5}
_NEVER = rb"(?!)"
_ZEROS = b"00000000-0000-0000-0000-000000000000"
_UUID = rb"(?!%b)%%b{8}-%%b{4}-%%b{4}-%%b{4}-%%b{12}" % _ZEROS
_LOWER_UUID, _UPPER_UUID = _UUID % ((b"[0-9a-f]",) * 5), _UUID % ((b"[0-9A-F]",) * 5)
_LOWER_DIGITS, _UPPER_DIGITS = b"0123456789abcdef", b"0123456789ABCDEF"
_NO_DEVICE = "is no advertising id of a device: 8-4-4-4-12 hex digits, not all zero"
_SHA256_ALONE = frozenset({HashAlgorithm.SHA256})


def _rule(
    normalise: Callable[[str], bytes],
    raw: bytes,
    wrong: str,
    algorithms: frozenset[HashAlgorithm] = _SHA256_ALONE,
    md5: bytes = _MD5,
) -> KindRule:
    one = re.compile(b"(%b)|(%b)|(%b)|" % (_HASH, md5, raw))
    good = {name: _all(rb"(?:%b|%b|)" % (raw, _HASHES[name])) for name in algorithms}
    return KindRule(normalise, one, _all(raw), good, wrong, algorithms)


def _all(line: bytes) -> AllLines:
    pattern = re.compile(rb"(?:%b\n)*+%b" % (line, line))
    return lambda data: pattern.fullmatch(data) is not None


def _device_rule(normalise: Callable[[str], bytes], uuid: bytes, digits: bytes) -> KindRule:
    """Device ids have few shapes: comparing those is twice as fast as a pattern."""
    table = bytearray(b"?" * 256)
    for byte in digits:
        table[byte] = ord("x")
    for byte in b"-\n":
        table[byte] = byte
    shape = _ZEROS.replace(b"0", b"x")

    def all_of(*shapes: bytes) -> AllLines:
        known = frozenset(shapes)
        return lambda data: (
            _ZEROS not in data and known.issuperset(data.translate(table).split(b"\n"))
        )

    good = {one: all_of(shape, b"x" * length, b"") for one, length in HASH_LENGTH.items()}
    rule = _rule(normalise, uuid, _NO_DEVICE, frozenset(HashAlgorithm))
    return replace(rule, all_raw=all_of(shape), all_good=good)


RULES = {
    IdentifierKind.EMAIL: _rule(
        _email,
        rb"[^@\0-\x20\x7f]++@[^\0-\x20\x7f]++",
        "is no e-mail address: text, an @ and text",
    ),
    IdentifierKind.PHONE: _rule(
        _phone,
        rb"\+[1-9][0-9]{6,14}",
        "is no phone number in E.164 form: +, country code and number, 7 to 15 digits",
    ),
    IdentifierKind.IDFA: _device_rule(_lower, _LOWER_UUID, _LOWER_DIGITS),
    IdentifierKind.IDFA_UPPER: _device_rule(_upper, _UPPER_UUID, _UPPER_DIGITS),
    IdentifierKind.GAID: _device_rule(_lower, _LOWER_UUID, _LOWER_DIGITS),
    IdentifierKind.DEVICE: _device_rule(_lower, _LOWER_UUID, _LOWER_DIGITS),
    # 32 hex digits may be such an id itself (a UUID without dashes), so they are no hash here
    IdentifierKind.EXTERNAL_ID: _rule(
        _encoded,
        rb"(?!%b(?:\n|\Z))[^\0-\x1f\x7f]++" % _HASH,
        "holds control characters",
        md5=_NEVER,
    ),
}


def check_algorithm(kind: IdentifierKind, algorithm: HashAlgorithm) -> None:
    """Refuse MD5 for a kind of which TikTok takes SHA-256 alone."""
    if algorithm not in RULES[kind].algorithms:
        why = f"{kind} is hashed with SHA256 alone"
        raise InvalidRequest("Identifiers", [("algorithm", why)])
