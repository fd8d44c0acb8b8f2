"""Types of options: invalid values are refused before the command starts, with what is allowed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import click

from stagedoor.platform.characters import has_hidden

MAX_ID = 200
N = TypeVar("N", int, float)


class _Range(click.ParamType[N]):
    """A number from `least` to `most`; the help has the range in place of the type."""

    name = "number"
    noun = "number"

    def __init__(self, least: N, most: N | None = None) -> None:
        self._least: N = least
        self._most: N | None = most

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """`1-65535`, or `NUMBER`; an option's own metavar stands instead."""
        return "NUMBER" if self._most is None else f"{self._least}-{self._most}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> N:
        try:
            number: N = type(self._least)(value)
        except ValueError:
            self.fail(f"{value!r} is no {self.noun}", param, ctx)
        if not number >= self._least or (self._most is not None and number > self._most):
            most = "" if self._most is None else f", and at most {self._most:,}"
            self.fail(f"{value} must be at least {self._least:,}{most}", param, ctx)
        return number


class WholeNumber(_Range[int]):
    """A whole number."""

    noun = "whole number"


class Between(_Range[float]):
    """A number with a fraction, or without."""


PORT = WholeNumber(0, 65_535)


class AnyCase(click.Choice[str]):
    """One of a few words, in upper or lower case; errors list them as they are documented."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(words, case_sensitive=False)

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        return f"{value!r} is none of {', '.join(self.choices)}."


class Positive(click.ParamType[float]):
    """A finite number above zero, or at least zero; at most `most`."""

    name = "number"

    def __init__(self, most: float, *, zero: bool = False) -> None:
        self._most = most
        self._zero = zero

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            number = float(value)
        except ValueError:
            self.fail(f"{value!r} is no number", param, ctx)
        enough = number >= 0 if self._zero else number > 0
        if not math.isfinite(number) or not enough or number > self._most:
            least = "from 0" if self._zero else "more than 0"
            self.fail(f"{value} must be {least}, and at most {self._most:g}", param, ctx)
        return number


class Id(click.ParamType[str]):
    """The id of an organisation or a user, in the form that tokens carry."""

    def __init__(self, what: str) -> None:
        self.name = what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if not text.strip() or text != text.strip():
            self.fail(f"name the {self.name}: at least one letter, no blanks around it", param)
        if has_hidden(text) or len(text) > MAX_ID:
            self.fail(f"at most {MAX_ID} characters, all of which are seen", param)
        return text


ORGANISATION = Id("organisation")


class RecordId(click.ParamType[str]):
    """The id of a record at the service, in the form that its paths take."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if not text.replace("-", "").replace("_", "").isalnum() or not text.isascii():
            self.fail(f"{text!r} is no id: letters and digits, as lists show it", param, ctx)
        return text


class WebAddress(click.ParamType[str]):
    """An http or https address."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        from stagedoor.platform.addresses import is_whole

        if not is_whole(text, "http", "https"):
            self.fail(f"{text!r} is no address such as http://127.0.0.1:9000/webhook", param)
        return text


class Day(click.ParamType[date]):
    """A day, such as 2026-08-30 or, as TikTok writes it, 20260830."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        # imported with the first value: most commands take no day
        from stagedoor.platform.products.research.query import read_date

        if isinstance(value, date):
            return value
        try:
            return read_date(value.replace("-", ""))
        except ValueError:
            self.fail(f"{value!r} is no day such as 2026-08-30", param)
