"""Prints the steps of the demo, and the duration of each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .. import console


@dataclass(slots=True)
class StoryStep:
    title: str
    seconds: float = 0.0
    outcome: str = ""

    def say(self, text: str) -> None:
        """Print one more line under this step; the last line is the step's outcome in the table."""
        self.outcome = text
        console.say(f"   {text}")


@dataclass(slots=True)
class Story:
    steps: list[StoryStep] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[StoryStep]:
        step = StoryStep(title)
        self.steps.append(step)
        console.say_styled(("bold cyan", f"{len(self.steps)}."), " ", ("bold", title))
        begun = time.perf_counter()
        try:
            yield step
        finally:
            step.seconds = time.perf_counter() - begun

    def close(self) -> None:
        rows = (
            (str(number), step.title, f"{step.seconds:.1f} s", step.outcome)
            for number, step in enumerate(self.steps, 1)
        )
        console.say()
        console.print_table("What was done", ("", "step", "took", "outcome"), rows)
