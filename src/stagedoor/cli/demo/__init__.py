"""`stagedoor demo`: the main job, end to end, on a local TikTok."""

from .command import command

__all__ = ["command"]
