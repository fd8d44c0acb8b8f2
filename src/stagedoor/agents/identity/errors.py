"""What can be wrong about an agent."""

from __future__ import annotations

from stagedoor.connector.errors import Forbidden, NotFound


class NoAgent(NotFound):
    """The organisation has no such agent."""

    code = "no_agent"

    def __init__(self) -> None:
        super().__init__("There is no such agent: GET /api/agents lists them.")


class NoLongerTrusted(Forbidden):
    """The agent was stopped, or its key has ended."""

    code = "denied_by_policy"
