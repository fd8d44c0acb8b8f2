"""Content Posting: inits, caps, processing, status, cancel."""

from .processing import register

__all__ = ["register"]
