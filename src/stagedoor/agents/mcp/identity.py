"""Who speaks, by the bearer token of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..identity.service import Caller
    from ..services import Agents


def caller_of(agents: Agents, token: str) -> Caller | None:
    """By an agent's key, or by the token of a client that signed in; None: it is nobody's."""
    return agents.identity.caller(token) or agents.oauth.caller(token)
