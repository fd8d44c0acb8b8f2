"""Copies of people's data: asked for, collected, downloaded, expired."""

from .collecting import register

__all__ = ["register"]
