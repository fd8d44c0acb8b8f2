"""The only module through which commands write to terminals and files.

Foreign text (captions, names, TikTok's error messages) goes through `shown`: control characters,
escape sequences and characters that reorder text are spelled out. JSON keeps its exact values by
escapes. CSV cells can't become formulas. A console that lacks a character shows its escape
instead; files and pipes are UTF-8.
"""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import sys
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TextIO

import click

from stagedoor.platform import csv_cells
from stagedoor.platform.characters import (
    EMOJI_SELECTORS,
    JOINERS,
    has_hidden,
    is_hidden,
    spelled_out,
)
from stagedoor.platform.counting import agreeing as agreeing
from stagedoor.platform.counting import counted as counted

_KEPT = JOINERS + EMOJI_SELECTORS


def prepare() -> None:
    """Configure the standard streams so that no text raises an encoding error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = "utf-8" if _is_data(stream) else stream.encoding
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def output() -> TextIO | None:
    """The present standard output."""
    return sys.stdout


def _is_data(stream: TextIO) -> bool:
    """Whether the output goes to a file or a program. A terminal has an encoding of its own, and
    PYTHONIOENCODING is respected for pipes.
    """
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except OSError:
        return False
    if stat.S_ISREG(mode):
        return True
    return not stream.isatty() and not os.environ.get("PYTHONIOENCODING")


def shown(text: object, *, lines: bool = False) -> str:
    """Foreign text made safe for a terminal: one line, or several if `lines` is true."""
    plain = _without_nul(text).replace("\r\n", "\n").replace("\t", " ")
    return spelled_out(plain, keep=_KEPT + ("\n" if lines else ""), form=_named)


def _without_nul(text: object) -> str:
    """Remove NUL characters: TikTok pads some names with them, and they carry no information."""
    return str(text).replace("\0", "")


def _named(ch: str) -> str:
    """The escape of a character in ASCII, for consoles without Unicode."""
    return f"<U+{ord(ch):04X}>"


def say(*parts: object) -> None:
    """Write one line to standard output."""
    _write(sys.stdout, "".join(map(shown, parts)) + "\n")


def note(*parts: object) -> None:
    """Write one line to standard error: information that isn't part of the data."""
    _write(sys.stderr, "".join(map(shown, parts)) + "\n")


def note_lines(text: str) -> None:
    """Write a message that may have several lines to standard error."""
    _write(sys.stderr, shown(text, lines=True).rstrip("\n") + "\n")


def ask(question: str) -> str:
    """Ask on standard error and read one line."""
    answer: str = click.prompt(shown(question), err=True)
    return answer.strip()


def confirm(question: str) -> None:
    """Ask for confirmation on standard error; end the command if it isn't given."""
    click.confirm(shown(question), abort=True, err=True)


def print_json(value: Any) -> None:
    """Write one JSON document to standard output, and nothing else."""
    _write(sys.stdout, _json(value, indent=2) + "\n")


def print_json_line(value: Any) -> None:
    """Write one JSON document on a line of its own."""
    _write(sys.stdout, _json(value) + "\n")


def print_csv_row(row: Iterable[object]) -> None:
    """Write one row of CSV to standard output. Text that a spreadsheet would interpret as a formula
    is prefixed with an apostrophe; numbers stay numbers. Lists and objects are written as JSON.
    """
    text = io.StringIO()
    # with this line terminator, the writer quotes cells that hold any line break
    csv.writer(text, lineterminator="\r\n").writerow(map(_cell, row))
    _write(sys.stdout, text.getvalue().removesuffix("\r\n") + "\n")


def _write(stream: TextIO | None, text: str) -> None:
    if stream is not None:
        stream.write(text)
        stream.flush()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, list | tuple | dict):
        return _json(value)
    breaks = "\n" if sys.stdout.isatty() else "\r\n\t"
    return csv_cells.plain(spelled_out(_without_nul(value), keep=_KEPT + breaks, form=_named))


def _json(value: Any, indent: int | None = None) -> str:
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    text = json.dumps(value, ensure_ascii=not encoding.startswith("utf"), indent=indent)
    # json.dumps escapes C0 controls itself, but not DEL and hidden characters above ASCII
    if has_hidden(text.replace("\n", "")):
        return "".join(_escaped(ch) if _needs_escape(ch) else ch for ch in text)
    return text


def _needs_escape(ch: str) -> bool:
    return is_hidden(ch) and ch != "\n" and ch not in _KEPT


def _escaped(ch: str) -> str:
    return f"\\u{ord(ch):04x}" if ord(ch) < 0x10000 else json.dumps(ch)[1:-1]
