"""Which modules answer below which path. A module is imported with the first call that needs it.

The paths themselves stand in the declarations and in the modules' `HANDLERS` and `ROUTES`; a test
sees to it that each of them is below the prefix of its module.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

HOMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("/v2/oauth/", ("oauth.routes",)),
    ("/v2/user/data/", ("portability.routes",)),
    ("/v2/user/", ("display.routes",)),
    ("/v2/video/", ("display.routes",)),
    ("/v2/post/", ("posting.routes",)),
    ("/v2/research/adlib/", ("commercial.routes",)),
    ("/v2/research/", ("research.routes",)),
    ("/oembed", ("embed.routes",)),
    ("/v2/auth/", ("oauth.routes",)),
    ("/v2/", ()),
    ("/auth/", ("oauth.routes",)),
    ("/oauth/", ("oauth.routes",)),
    ("/v0/oauth/", ("oauth.routes",)),
    ("/opensdk/oauth", ("oauth.routes",)),
    ("/opensdk/share", ("sharing.routes",)),
    ("/@", ("embed.routes",)),
    ("/ZM", ("embed.routes",)),
    ("/embed", ("embed.routes",)),
    ("/player/", ("embed.routes",)),
    ("/static/", ("embed.routes",)),
    ("/tos-emulator-", ("pictures",)),
    ("/_emulator/ads", ("commercial.control",)),
    ("/_emulator/advertisers", ("commercial.control",)),
    ("/_emulator/apps", ("control.routes", "webhooks.routes", "community.routes")),
    ("/_emulator/comments", ("community.routes",)),
    ("/_emulator/creators", ("control.routes", "portability.control")),
    ("/_emulator/deliveries", ("webhooks.routes",)),
    ("/_emulator/exports", ("portability.control",)),
    ("/_emulator/follows", ("community.routes",)),
    ("/_emulator/live-domains", ("embed.control",)),
    ("/_emulator/next-post", ("posting.control",)),
    ("/_emulator/people", ("community.routes",)),
    ("/_emulator/phone/", ("phone.routes", "sharing.routes")),
    ("/_emulator/playlists", ("community.routes",)),
    ("/_emulator/products", ("community.routes",)),
    ("/_emulator/publishes", ("posting.control",)),
    ("/_emulator/qr/", ("oauth.routes",)),
    ("/_emulator/scan", ("oauth.routes",)),
    ("/_emulator/shops", ("community.routes",)),
    ("/_emulator/videos", ("community.routes", "commercial.control")),
    ("/", ("control.routes",)),
)
"""The first prefix that fits counts."""


def below(path: str) -> tuple[str, ...]:
    """The names of the modules that may know `path`."""
    return next((names for prefix, names in HOMES if path.startswith(prefix)), ())


def everything() -> tuple[str, ...]:
    """The names of all modules, each once."""
    return tuple(dict.fromkeys(name for _, names in HOMES for name in names))


def module(name: str) -> ModuleType:
    return import_module(f".{name}", __package__)
