"""The commands that do what a route of the service does: its errors name routes, and a person at a
terminal has commands."""

from __future__ import annotations

import re

COMMANDS = {
    "GET /api/ads/accounts": "ads accounts",
    "GET /api/ads/campaigns": "ads campaigns",
    "GET /api/agents": "agents list",
    "POST /api/agents/<id>/keys": "agents keys",
    "POST /api/data/erase": "data erase",
    "GET /api/inbox/conversations": "inbox list",
    "GET /api/inbox/conversations/<id>": "inbox show",
    "POST .../hide": "inbox hide",
    "GET /api/integrations": "accounts",
    "GET /api/media": "media list",
    "POST /api/media": "media upload",
    "DELETE /api/media/<id>": "media delete",
    "GET /api/posts": "posts list",
    "GET /api/posts?approval=waiting": "posts list --waiting",
    "GET /api/research/jobs": "research jobs list",
    "POST /api/resume": "resume",
    "GET /api/webhooks": "webhooks list",
    "GET /api/webhooks/received?state=dead": "webhooks received --dead",
}
"""By the routes as the service's sentences write them."""

_SETTLE = 'PATCH {"resolution": "published"} or {"resolution": "notPublished"}'
_ROUTE = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE) (?:/api|\.\.\.)/[\w/<>?=-]*")
_EMPTY_QUERY = re.compile(r"\?\w+=$")


def as_commands(sentence: str) -> str:
    """The sentence with commands in the place of routes; a route without a command stays."""
    settled = sentence.replace(_SETTLE, "'stagedoor posts settle POST OUTCOME'")
    return _ROUTE.sub(_command, settled)


def _command(route: re.Match[str]) -> str:
    command = COMMANDS.get(_EMPTY_QUERY.sub("", route.group()))
    return route.group() if command is None else f"'stagedoor {command}'"
