"""A row of the results: the measurement, and the value that it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum


class Better(StrEnum):
    """Which side of the target is the good one."""

    LOWER = "at most"
    HIGHER = "at least"


@dataclass(frozen=True, slots=True)
class Row:
    """`detail` has the absolute numbers that the ratio comes from. No target: shown only."""

    name: str
    measured: float
    target: float | None
    detail: str
    better: Better = Better.LOWER
    unit: str = "x"
    runs: int = 1

    @property
    def ok(self) -> bool:
        if self.target is None:
            return True
        if self.better is Better.LOWER:
            return self.measured <= self.target
        return self.measured >= self.target

    @property
    def used(self) -> float | None:
        """Which part of what the target allows was used: 1.0 is just met, less is better."""
        if self.target is None:
            return None
        if self.better is Better.LOWER:
            if not self.target:
                return 0.0 if not self.measured else float("inf")
            return self.measured / self.target
        return self.target / self.measured if self.measured else float("inf")

    def again(self) -> Row:
        """The same row, marked as the result of a repeated run."""
        return replace(self, runs=self.runs + 1)

    @property
    def shown(self) -> str:
        return _number(self.measured, self.unit)

    @property
    def wanted(self) -> str:
        return "" if self.target is None else f"{self.better} {_number(self.target, self.unit)}"


class Length(StrEnum):
    SHORT = "short"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A measurement that gives rows which stand or fall together."""

    name: str
    run: Callable[[Length], list[Row]]


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of a benchmark, and the seconds that it took, with its repetition if there was."""

    name: str
    rows: list[Row]
    seconds: float


def _number(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f}x"
    return f"{value:,.0f} {unit}".rstrip()
