"""POST /api/agents/{id}/explain: the decision on a call, and the reason."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from stagedoor.connector.actions import only_reads
from stagedoor.connector.api import CallerIs, needs, router
from stagedoor.connector.documented import raises
from stagedoor.connector.provided import provided
from stagedoor.connector.shapes import Model, ResponseModel, example
from stagedoor.connector.tenants.roles import Role

from ..identity.errors import NoAgent
from ..identity.service import AgentRegistry
from .decision import WORDS, Decision, Deny
from .gate import DecisionGate

ROUTER = router(prefix="/api/agents", tags=["agents"], dependencies=[needs(Role.ADMIN)])


class Explain(Model):
    """A call to explain. `operation` is a declared id such as posting.video_init; `arguments`
    are in TikTok's form."""

    model_config = example(
        operation="display.video_list",
        integrationId="3f9a2c7d1e5b4a6f8c0d9e2b7a4f6c1d",
        arguments={},
    )

    operation: Annotated[str, Field(min_length=1, max_length=100)]
    """A declared id such as `posting.video_init`."""
    integration_id: Annotated[str, Field(max_length=64)] | None = None
    """The account of the call; null: none."""
    arguments: Annotated[dict[str, Any], Field(default_factory=dict)]
    """The arguments of the call, in TikTok's names."""


class Explained(ResponseModel):
    """The decision that a call would get, and its reason."""

    decision: str
    """`allowed`, `denied` or `pending`."""
    rule: str
    """The rule that decides."""
    reason: str | None
    """Why the call would be denied; null: it wouldn't."""
    sentence: str
    """The call in words."""

    @classmethod
    def of(cls, decision: Decision) -> Explained:
        return cls(
            decision=WORDS[type(decision)],
            rule=decision.rule,
            reason=decision.reason if isinstance(decision, Deny) else None,
            sentence=decision.sentence,
        )


@ROUTER.post("/{agent_id}/explain")
@raises(NoAgent)
@only_reads
def explain_decision(
    caller: CallerIs,
    identity: Annotated[AgentRegistry, provided(AgentRegistry)],
    gate: Annotated[DecisionGate, provided(DecisionGate)],
    agent_id: str,
    body: Explain,
) -> Explained:
    """Return the decision that the agent would get now. Nothing is done, recorded or counted."""
    identity.get(caller.org, agent_id)
    return Explained.of(
        gate.explain(caller.org, agent_id, body.operation, body.integration_id, body.arguments)
    )
