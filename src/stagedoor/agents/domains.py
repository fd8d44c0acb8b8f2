"""The registry of the gateway's domains."""

from __future__ import annotations

from stagedoor.connector.domains import Domains

DOMAINS = Domains(
    "stagedoor.agents",
    (
        # its GET /api/agents/vocabulary comes before identity's GET /api/agents/{agent_id}
        "grant_changes",
        "identity",
        "oauth",
        "grants",
        "decisions",
        "audit",
        "approvals",
        "calls",
    ),
)
