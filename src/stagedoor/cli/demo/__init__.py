"""`stagedoor demo`: the main use case, end to end, on a local TikTok."""

from .command import command

__all__ = ["command"]
