"""Errors about agents."""

from __future__ import annotations

from collections.abc import Sequence

from stagedoor.connector.errors import Conflict, Forbidden, ObjectNotFound

from ..quoting import quoted


class NoAgent(ObjectNotFound):
    """The organisation has no such agent."""

    code = "no_agent"

    def __init__(self) -> None:
        super().__init__("There is no such agent: GET /api/agents lists them.")


class SeveralAgents(Conflict):
    """Several agents of the organisation have this name."""

    code = "several_agents"

    def __init__(self, name: str, ids: Sequence[str]) -> None:
        super().__init__(
            f"{len(ids)} agents are named {quoted(name)}: name one by its id: {', '.join(ids)}."
        )


class NoLongerTrusted(Forbidden):
    """The agent was stopped, or its key has ended."""

    code = "denied_by_policy"
