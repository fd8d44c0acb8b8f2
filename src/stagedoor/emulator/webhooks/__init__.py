"""Webhooks on their way out: signed, delivered, tried again."""

from .courier import register

__all__ = ["register"]
