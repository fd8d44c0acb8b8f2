"""The registry of the gateway's domains."""

from __future__ import annotations

from stagedoor.connector.domains import Domains

DOMAINS = Domains(
    "stagedoor.agents",
    (
        "identity",
        "oauth",
        "grants",
        "grant_changes",
        "decisions",
        "audit",
        "approvals",
        "calls",
    ),
)
