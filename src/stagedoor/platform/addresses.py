"""Addresses in requests, which TikTok downloads from or posts to, and in settings: are they whole?

No I/O.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import AfterValidator, ValidationInfo

from .model import AT_TIKTOK, in_context

MAX_ADDRESS = 2_048
"""Characters of an address."""


def is_whole(address: str, *schemes: str) -> bool:
    """Whether the address has one of these schemes, a host, a possible port if any, and nothing
    that only fits into an address when it is percent-encoded."""
    return _has_place(address, schemes) and not _has_gaps(address)


def _has_place(address: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _has_gaps(address: str) -> bool:
    return any(character.isspace() or not character.isprintable() for character in address)


def https_problem(address: str) -> str | None:
    """Why TikTok can't fetch from this address, to follow the address's name; None: it can."""
    return _problem(address, ("https",))


def _problem(address: str, schemes: tuple[str, ...]) -> str | None:
    kind = f"{' or '.join(schemes)} address"
    if not _has_place(address, schemes):
        return f"is no whole {kind}, such as https://media.example.com/film.mp4"
    if _has_gaps(address):
        return f"is no {kind}: a space or a character that can't be seen must be percent-encoded"
    if len(address) > MAX_ADDRESS:
        return f"is longer than {MAX_ADDRESS:,} characters"
    return None


class WholeAddress:
    """Metadata and validator in one: an address with one of these schemes and a host.

    TikTok, and so the emulator, judges by itself.
    """

    __slots__ = ("schemes",)

    def __init__(self, *schemes: str) -> None:
        self.schemes = schemes

    def __call__(self, address: str, info: ValidationInfo) -> str:
        problem = None if in_context(AT_TIKTOK, info) else _problem(address, self.schemes)
        if problem is not None:
            raise ValueError(problem)
        return address


WEB = AfterValidator(WholeAddress("http", "https"))
"""The annotation of an address in a request.

TikTok itself takes https addresses only, which `https_problem` checks where a request is made for
it. The service may fetch media of agents' posts over http, and the emulator takes callback URLs on
loopback, where the settings allow it.
"""
