"""Rendering a template. Everything put in is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    # Jinja2 costs more to import than everything else that a start needs.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **shown: object) -> str:
    """The HTML of `template`, a path below `ui/templates`."""
    return _environment().get_template(template).render(shown)
