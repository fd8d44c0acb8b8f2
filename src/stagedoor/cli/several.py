"""Commands that take several values: the others are done where one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from . import terminal


class Several:
    """The values of a command, done one by one; `end` tells how many were left out.

    `noun` is what a value names; only errors of the types in `refusals` are about one value.
    """

    def __init__(self, noun: str, refusals: tuple[type[Exception], ...]) -> None:
        self._noun = noun
        self._refusals = refusals
        self._tried = 0
        self._left_out = list[str]()

    @contextmanager
    def trying(self, value: str) -> Iterator[None]:
        """Do the block for `value`; a refusal is told at once, and the command goes on."""
        self._tried += 1
        try:
            yield
        except self._refusals as error:
            terminal.note(f"{value} is left out: {error}")
            self._left_out.append(value)

    def leave_out(self, value: str) -> None:
        """Count a value whose refusal was told already."""
        self._left_out.append(value)

    def end(self) -> None:
        """End the command with exit code 1 if values were left out."""
        if not self._left_out:
            return
        if self._tried > 1:
            number = terminal.counted(self._tried, self._noun)
            named = ", ".join(self._left_out)
            terminal.note(f"{len(self._left_out)} of {number} left out: {named}.")
        raise SystemExit(1)
