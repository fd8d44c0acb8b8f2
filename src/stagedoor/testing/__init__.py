"""Control of a local TikTok in tests: creators, tokens, consent, time, faults, media, webhooks.

    from stagedoor import TikTok, Hosts
    from stagedoor.testing import in_process

    with in_process() as emulator:
        tokens = emulator.tokens.issue("maracooks")
        tiktok = TikTok(tokens=tokens, hosts=Hosts.at(emulator.url), transport=emulator.transport)

The pytest fixtures `tiktok_emulator` (in this process) and `tiktok_emulator_server` (on a port)
give the same object. Heavy modules are imported only when one of these names is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor import lazy_exports

if TYPE_CHECKING:
    from .control import ControlRefused as ControlRefused
    from .emulator import TikTokEmulator as TikTokEmulator
    from .emulator import in_process as in_process
    from .emulator import on_port as on_port

_HOMES = {
    "ControlRefused": "control",
    "TikTokEmulator": "emulator",
    "in_process": "emulator",
    "on_port": "emulator",
}

__all__ = ["ControlRefused", "TikTokEmulator", "in_process", "on_port"]

if not TYPE_CHECKING:  # type checkers see only the imports above
    __getattr__, __dir__ = lazy_exports.of(__name__, _HOMES)
