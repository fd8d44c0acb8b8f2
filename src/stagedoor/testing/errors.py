"""Errors of the control object."""

from __future__ import annotations


class ControlRefused(Exception):
    """The emulator refused a control call. The message says which argument is wrong and why."""
