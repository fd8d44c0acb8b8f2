"""The connector: a self-hosted service between a SaaS and TikTok.

One folder per domain with the same file names: `models` (tables), `store` (queries), `service`
(behaviour), `routes` (HTTP), `jobs` (durable work), `errors`. A request goes route -> service ->
store; no route touches a store, no store calls a service.

The command line gets these names from here; their modules are imported when one is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor import lazy_exports

if TYPE_CHECKING:
    from .container import Container as Container
    from .settings import Settings as Settings

_HOMES = {
    "Container": "container",
    "Settings": "settings",
}

if not TYPE_CHECKING:  # type checkers see only the imports above
    __getattr__, __dir__ = lazy_exports.of(__name__, _HOMES)
