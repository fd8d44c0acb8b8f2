"""Timers of posts in progress."""

from __future__ import annotations

from .processing import handlers, resume

__all__ = ["handlers", "resume"]
