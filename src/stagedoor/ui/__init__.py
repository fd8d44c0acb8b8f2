"""Templates, styles and the page shell. No logic: a page gets everything that it shows."""

from .pages import render

__all__ = ["render"]
