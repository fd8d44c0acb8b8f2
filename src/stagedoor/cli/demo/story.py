"""Telling the steps of the demo, and how long each took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.markup import escape

from .. import console


@dataclass(slots=True)
class Step:
    title: str
    seconds: float = 0.0
    outcome: str = ""

    def say(self, text: str) -> None:
        """One more line under this step; the last one is its outcome in the table."""
        self.outcome = text
        console.out.print(f"   {escape(text)}", soft_wrap=True)


@dataclass(slots=True)
class Story:
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        step = Step(title)
        self.steps.append(step)
        console.out.print(f"[bold cyan]{len(self.steps)}.[/] [bold]{escape(title)}[/]")
        begun = time.perf_counter()
        try:
            yield step
        finally:
            step.seconds = time.perf_counter() - begun

    def close(self) -> None:
        rows = (
            (str(number), step.title, f"{step.seconds:.1f} s", escape(step.outcome))
            for number, step in enumerate(self.steps, 1)
        )
        console.out.print()
        console.out.print(console.table("What was done", ("", "step", "took", "outcome"), rows))
