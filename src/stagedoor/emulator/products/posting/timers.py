"""What happens to posts by the clock."""

from __future__ import annotations

from .processing import handlers, resume

__all__ = ["handlers", "resume"]
