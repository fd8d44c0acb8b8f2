"""The agent gateway: agents, their grants, their calls and the decisions on them.

`identity` holds agents and their keys, `grants` their grants, `decisions` decides calls, `audit`
keeps an entry for each decision. Entrances call `DecisionGate.decide` before they call TikTok, and
`DecisionGate.settle` afterwards.

The command line gets these names from here; their modules are imported when one is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor import lazy_exports

if TYPE_CHECKING:
    from .approvals.approval import Approval as Approval
    from .audit.entry import DecisionRecord as DecisionRecord
    from .audit.entry import Head as Head
    from .container import Agents as Agents
    from .identity.service import Agent as Agent

_HOMES = {
    "Agent": "identity.service",
    "Agents": "container",
    "Approval": "approvals.approval",
    "Head": "audit.entry",
    "DecisionRecord": "audit.entry",
}

if not TYPE_CHECKING:  # type checkers see only the imports above
    __getattr__, __dir__ = lazy_exports.of(__name__, _HOMES)
