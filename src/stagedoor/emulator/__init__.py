"""A local TikTok, faithful enough that unmodified clients work against it.

    from stagedoor.emulator import running

    with running() as tiktok:
        print(tiktok.url)

`Emulator` runs in process (an ASGI application and its world); the command `stagedoor emulator`
calls `serve`. Heavy modules are imported only when one of these names is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor import lazy_exports

if TYPE_CHECKING:
    from .app import Emulator as Emulator
    from .background import Running as Running
    from .background import running as running
    from .server import Ready as Ready
    from .server import serve as serve
    from .tls import Certificate as Certificate

_HOMES = {
    "Certificate": "tls",
    "Emulator": "app",
    "Ready": "server",
    "Running": "background",
    "running": "background",
    "serve": "server",
}

__all__ = ["Certificate", "Emulator", "Ready", "Running", "running", "serve"]

if not TYPE_CHECKING:  # type checkers see only the imports above
    __getattr__, __dir__ = lazy_exports.of(__name__, _HOMES)
