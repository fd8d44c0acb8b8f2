"""Destinations: what can't be reached is refused when it is named, without a delay."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from stagedoor.connector.fetching import destinations
from stagedoor.connector.fetching.destinations import Destinations
from stagedoor.connector.fetching.errors import UrlRefused

ORG = "acme"
URL = "https://hooks.example.com/x"


@pytest.mark.parametrize(
    "addresses",
    [
        ("10.0.0.1",),
        ("::1",),
        ("::ffff:127.0.0.1",),
        ("1.1.1.1", "127.0.0.1"),
        ("127.0.0.1", "2606:4700::1111"),
    ],
)
def test_a_name_that_leads_inside_is_refused(addresses: tuple[str, ...]) -> None:
    asked = []

    def lookup(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return addresses

    with pytest.raises(UrlRefused, match=r"hooks\.example\.com leads to no address on"):
        Destinations(False, lookup).check_url(ORG, URL)
    assert asked == [("hooks.example.com", 443)]
    Destinations(True, lookup).check_url(ORG, URL.replace("https", "http"))


def test_a_name_that_leads_outside_or_nowhere_is_accepted() -> None:
    def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    Destinations(False, nowhere).check_url(ORG, URL)
    Destinations(False, lambda host, port: ("1.1.1.1", "2606:4700::1111")).check_url(ORG, URL)


def test_a_slow_resolver_delays_nobody_and_no_other_organisation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(destinations, "SECONDS", 0.05)
    answers = threading.Event()

    def slow(host: str, port: int) -> Sequence[str]:
        if host == "slow.example.com":
            answers.wait(20.0)
        return ("10.0.0.1",)

    checked = Destinations(False, slow)
    begun = time.monotonic()
    for _ in range(30):  # more than are resolved at once, and wait
        checked.check_url(ORG, "https://slow.example.com/")
    assert time.monotonic() - begun < 10.0
    monkeypatch.setattr(destinations, "SECONDS", 20.0)
    with pytest.raises(UrlRefused):
        checked.check_url("other", URL)
    answers.set()
    checked.close()
