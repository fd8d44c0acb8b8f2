"""Answers the consent page for the demo, as a person would."""

from __future__ import annotations

import httpx2

from stagedoor.testing import consent
from stagedoor.testing.control import ControlRefused

from .processes import DemoFailed


def answer(url: str) -> str:
    """Open the consent page at `url` and allow everything; returns the redirect's address."""
    with httpx2.Client(timeout=30, trust_env=False) as browser:
        try:
            return consent.walk(browser, url)
        except ControlRefused as error:
            raise DemoFailed(str(error)) from error


def allow(url: str) -> None:
    """Submit the consent page and follow the redirect."""
    httpx2.get(answer(url), timeout=30, trust_env=False)
