"""The preview of a call for the person who decides: in words, and as data."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stagedoor.connector.publishing import content
from stagedoor.connector.publishing.posts import Mode, PostKind
from stagedoor.connector.shapes import ResponseModel
from stagedoor.platform.marks import BUDGET, names_of
from stagedoor.platform.operation import Operation

from .. import quoting
from ..calls.posts import PostOrder
from ..decisions import wording
from .files import CallFile

_LEVELS = {
    "PUBLIC_TO_EVERYONE": "everyone",
    "MUTUAL_FOLLOW_FRIENDS": "friends",
    "FOLLOWER_OF_CREATOR": "followers",
    "SELF_ONLY": "only the creator",
}
_SWITCHES = {
    "disable_comment": ("Comments", "off", "on"),
    "disable_duet": ("Duets", "off", "on"),
    "disable_stitch": ("Stitches", "off", "on"),
    "brand_content_toggle": ("Marked as paid partnership", "yes", "no"),
    "brand_organic_toggle": ("Marked as promotion of the own brand", "yes", "no"),
    "is_aigc": ("Marked as made by AI", "yes", "no"),
    "auto_add_music": ("TikTok adds music", "yes", "no"),
}
_JOINER = "\u200d"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class PreviewLine(ResponseModel):
    """One property of the call, in words."""

    name: str
    """The name of the property."""
    value: str
    """The value in words."""


class FileShown(ResponseModel):
    """A stored file; `source` is the URL from which it was fetched, without its query."""

    name: str
    """The file's name."""
    kind: str
    """`video` or `photo`."""
    size: int
    """The file's length in bytes."""
    sha256: str
    """The SHA-256 of the file, in hex."""
    format: str | None
    """The container or picture format; null: unknown."""
    width: int | None
    """The width in pixels; null: unknown."""
    height: int | None
    """The height in pixels; null: unknown."""
    seconds: float | None
    """The length in seconds; null: a photo."""
    source: str | None
    """The URL from which it was fetched, without its query; null: it was uploaded."""


class Preview(ResponseModel):
    """The preview of a call. `lines` and `files` are complete; `arguments` are the same content
    as data, in TikTok's names."""

    sentence: str
    """The call in one sentence."""
    title: str
    """The call in a few words."""
    agent: str
    """The agent's name."""
    account: str | None
    """The account's name; null: the call is for no account."""
    lines: list[PreviewLine]
    """All properties of the call, in words."""
    files: list[FileShown]
    """All files of the call."""
    warnings: list[str]
    """Points that the deciding person should check."""
    arguments: dict[str, Any]
    """The same content as data, in TikTok's names."""


def of_post(
    sentence: str,
    agent: str,
    account: str,
    asked: PostOrder,
    files: Sequence[CallFile],
    arguments: Mapping[str, Any],
) -> Preview:
    """Return the preview of a post: media, account and settings."""
    photos = asked.kind is PostKind.PHOTOS
    what = "a video"
    if photos:
        what = "a photo" if len(files) == 1 else f"{len(files)} photos"
    where = quoting.name(account, "an account")
    title = f"Post {what} to {where}"
    if asked.mode is Mode.DRAFT:
        title = f"Leave {what} as a draft for {where}, who finishes it in TikTok"
    return Preview(
        sentence=sentence,
        title=title,
        agent=agent,
        account=account,
        lines=list(_settings(asked, photos)),
        files=[_shown(file) for file in files],
        warnings=content.warnings(asked.kind, asked.mode, asked.values),
        arguments=dict(arguments),
    )


def of_call(
    sentence: str,
    agent: str,
    account: str | None,
    operation: Operation[..., Any],
    arguments: Mapping[str, Any],
    budget: int | None = None,
    currency: str | None = None,
) -> Preview:
    """Return the preview of any other call: everything that would be sent. `budget`: the sum of its
    budgets, in hundredths of `currency`; every amount is shown with its currency."""
    where = f" ({quoting.name(account, 'an account')})" if account else ""
    lines = []
    if budget is not None:
        lines.append(
            PreviewLine(name="Budgets and bids together", value=wording.amount(budget, currency))
        )
    money = names_of(operation.request, BUDGET) if budget is not None else frozenset()
    unit = currency or "in an unknown currency"
    for name, value in _leaves(arguments):
        is_money = name.rpartition(".")[2] in money
        lines.append(
            PreviewLine(name=name, value=f"{value} {unit}" if is_money else visible(value))
        )
    return Preview(
        sentence=sentence,
        title=f"{operation.action}{where}",
        agent=agent,
        account=account,
        lines=lines,
        files=[],
        warnings=[],
        arguments=dict(arguments),
    )


def _settings(asked: PostOrder, photos: bool) -> Iterator[PreviewLine]:
    values = asked.values
    if values.get("photo_title") is not None:
        yield PreviewLine(name="Title", value=visible(str(values["photo_title"])))
    if values.get("text") is not None:
        yield PreviewLine(name="Caption", value=visible(str(values["text"])))
    level = values.get("privacy_level")
    if level is not None:
        yield PreviewLine(name="Who can see it", value=f"{_LEVELS.get(level, level)} ({level})")
    for name, (label, yes, no) in _SWITCHES.items():
        if values.get(name) is not None:
            yield PreviewLine(name=label, value=yes if values[name] else no)
    if photos:
        yield PreviewLine(name="Cover", value=f"photo {int(values.get('cover') or 0) + 1}")
    elif values.get("video_cover_timestamp_ms") is not None:
        seconds = values["video_cover_timestamp_ms"] / 1_000
        yield PreviewLine(name="Cover", value=f"the picture at {seconds:g} s")


def _shown(file: CallFile) -> FileShown:
    facts = file.facts
    form = facts.get("format") or f"{facts.get('container')}, {facts.get('codec')}"
    return FileShown(
        name=visible(file.name),
        kind=file.medium.kind.value,
        size=file.medium.received,
        sha256=file.sha256,
        format=form,
        width=facts.get("width"),
        height=facts.get("height"),
        seconds=facts.get("seconds"),
        source=None if file.source is None else visible(file.source),
    )


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple) and value:
        if all(not isinstance(one, Mapping | list | tuple) for one in value):
            yield path, ", ".join(map(_value_text, value))
        else:
            for number, inner in enumerate(value, 1):
                yield from _leaves(inner, f"{path} {number}")
    elif path:
        yield path, _value_text(value)


def _value_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in ({}, [], ()) else "nothing"


def visible(text: str) -> str:
    """Return the text with invisible characters made visible, so that no caption reads
    backwards, hides a part of itself or moves a terminal's cursor."""
    return "".join(
        f"⟨U+{ord(ch):04X}⟩"
        if ch not in ("\n", _JOINER) and unicodedata.category(ch) in _HIDDEN
        else ch
        for ch in text
    )
