"""The tools that an agent is shown: at most twenty, chosen by what its grants could allow."""

from __future__ import annotations

from stagedoor.connector.integrations.accounts import CredentialKind

from .. import vocabulary
from . import operations, task_tools
from .task_tools import beyond
from .tool import Tool
from .visibility import ToolVisibility

MOST = 20
"""A model chooses worse among more tools, and every one of them costs it attention."""
_OF_BUSINESS = (CredentialKind.ADS, CredentialKind.ACCOUNT)


def chosen(visibility: ToolVisibility) -> tuple[Tool, ...]:
    """Return the tools for common tasks that the agent could use.

    If these are more than `MOST`, or leave out operations of TikTok API for Business that it could
    use, the last ones make place for two tools that reach every operation. Tools that Stagedoor
    answers itself stay: no operation does what they do.
    """
    visible = [one for one in task_tools.tools() if visibility.shows(one)]
    if len(visible) <= MOST and not is_incomplete(visible, visibility):
        return tuple(visible)
    generic = beyond.tools()
    ranked = sorted(visible, key=lambda one: one.own is None)
    kept = set(ranked[: MOST - len(generic)])
    return (*(one for one in visible if one in kept), *generic)


def is_incomplete(tools: list[Tool], visibility: ToolVisibility) -> bool:
    """Whether the agent could use an operation of TikTok API for Business that none of these tools
    does."""
    done = {operation for tool in tools for operation in tool.does}
    return any(
        visibility.permits(one)
        for one in operations.callable_ones()
        if one not in done and vocabulary.credential(one) in _OF_BUSINESS
    )
