"""The options of a run of the conformance tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from stagedoor import Hosts

EMULATOR, REAL, SANDBOX = "emulator", "real", "sandbox"
_RECORDINGS = Path(__file__).parents[2] / "build" / "conformance"


def add(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance with TikTok (docs/conformance.md)")
    group.addoption(
        "--tiktok",
        choices=(EMULATOR, REAL, SANDBOX),
        default=EMULATOR,
        help="what tests/conformance asks: the emulator, TikTok, or TikTok with the sandbox of "
        "TikTok API for Business",
    )
    group.addoption("--tiktok-url", metavar="URL", help="ask this address instead of TikTok's")
    group.addoption("--writes", action="store_true", help="ask operations that change something")
    group.addoption(
        "--recordings",
        metavar="FOLDER",
        type=Path,
        help="where the report and the recordings are written "
        "(of TikTok by default: build/conformance)",
    )


@dataclass(frozen=True, slots=True)
class Options:
    tiktok: str = EMULATOR
    url: str | None = None
    may_write: bool = False
    is_strict: bool = False
    recordings: Path | None = None

    @classmethod
    def of(cls, config: pytest.Config) -> Options:
        """Raises `pytest.UsageError` for options that don't go together."""
        found = cls(
            config.getoption("--tiktok"),
            config.getoption("--tiktok-url"),
            config.getoption("--writes"),
            bool(config.getini("strict")),
            config.getoption("--recordings"),
        )
        if found.folder is not None and config.getoption("numprocesses", None):
            option = "--tiktok=real" if found.is_real else "--recordings"
            raise pytest.UsageError(f"{option}: run without -n, since a run asks in one order")
        if found.url is not None and not found.is_real:
            raise pytest.UsageError("--tiktok-url needs --tiktok=real")
        return found

    @property
    def is_real(self) -> bool:
        return self.tiktok != EMULATOR

    @property
    def hosts(self) -> Hosts:
        if self.url is not None:
            return Hosts.at(self.url)
        return Hosts.business_sandbox() if self.tiktok == SANDBOX else Hosts()

    @property
    def folder(self) -> Path | None:
        """Where the recordings go; None: none are written."""
        return self.recordings or (_RECORDINGS if self.is_real else None)

    @property
    def fails_on_drift(self) -> bool:
        return self.is_strict or not self.is_real
