"""A local TikTok, faithful enough that unmodified clients work against it.

    from stagedoor.emulator import running

    with running() as tiktok:
        print(tiktok.url)

`Emulator` runs in process (an ASGI application and its world); the command `stagedoor emulator`
calls `serve`. Heavy modules are imported only when one of these names is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import Emulator as Emulator
    from .background import Running as Running
    from .background import running as running
    from .server import Ready as Ready
    from .server import serve as serve

_HOMES = {
    "Emulator": "app",
    "Ready": "server",
    "Running": "background",
    "running": "background",
    "serve": "server",
}

__all__ = ["Emulator", "Ready", "Running", "running", "serve"]


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(f".{home}", __name__), name)
