"""Descriptions of a route beside its types: its first sentence, and the errors that it raises.

`reference` builds the document. Descriptions come from docstrings: a route's from its function, a
field's from the docstring beneath it, an error's from its class.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from .errors import ApiError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class ErrorCase:
    """An error that isn't a class of its own. With `open` the code is TikTok's own, and `code` one
    example of many."""

    http: int
    code: str
    meaning: str
    retryable: bool = False
    open: bool = False


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, up to what explains it."""
    first = " ".join(inspect.cleandoc(text).partition("\n\n")[0].split())
    for end in (". ", ": ", "; "):
        first = first.partition(end)[0]
    return first.rstrip(".")


Raised = type[ApiError] | ErrorCase


def raises(*errors: Raised) -> Callable[[F], F]:
    """Declare the errors of a route's function, beside those that all `/api` routes share."""

    def declare(function: F) -> F:
        function.raises = (*raised_by(function), *errors)  # type: ignore[attr-defined]
        return function

    return declare


def raised_by(function: Callable[..., Any]) -> tuple[Raised, ...]:
    """The errors that `raises` declared."""
    found: tuple[Raised, ...] = getattr(function, "raises", ())
    return found
