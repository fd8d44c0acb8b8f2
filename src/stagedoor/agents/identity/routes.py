"""/api/agents: create and change agents, their keys, and the stop switch."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import Field

from stagedoor.connector.actions import records_itself
from stagedoor.connector.api import CallerIs, NewId, needs, router
from stagedoor.connector.documented import raises
from stagedoor.connector.idempotency import ShownOnce
from stagedoor.connector.provided import provided
from stagedoor.connector.queries import Cursor
from stagedoor.connector.shapes import Model, PatchModel, ResponseModel, ShownName, example, moment
from stagedoor.connector.tenants.roles import Role

from ..audit.errors import AuditUnavailable
from .errors import NoAgent
from .service import (
    CALLS_PER_MINUTE,
    KEY_DAYS,
    OVERLAP_HOURS,
    Agent,
    AgentRegistry,
    NewKey,
)
from .toolset import Toolset

ROUTER = router(prefix="/api/agents", tags=["agents"], dependencies=[needs(Role.ADMIN)])

_Identity = Annotated[AgentRegistry, provided(AgentRegistry)]
_Calls = Annotated[int, Field(ge=1, le=6000)]
_Days = Annotated[float, Field(gt=0, le=3650, alias="keyDays")]


class NewAgent(Model):
    """An agent to create."""

    model_config = example(name="Social agent", callsPerMinute=60, tools="jobs")

    name: ShownName
    """The agent's name for people."""
    calls_per_minute: _Calls = CALLS_PER_MINUTE
    """The most calls in any minute."""
    key_days: _Days = KEY_DAYS
    """After how many days the key ends."""
    tools: Toolset = Toolset.JOBS
    """Which tools the agent sees."""


class AgentPatch(PatchModel):
    """The changes of an agent; only the fields that are sent change."""

    model_config = example(name="Social agent", stopped=False)

    name: ShownName | None = None
    """The agent's name for people."""
    calls_per_minute: _Calls | None = None
    """The most calls in any minute."""
    tools: Toolset | None = None
    """Which tools the agent sees."""
    stopped: bool | None = None
    """true stops the agent, false lets it act again."""


class Rotation(Model):
    """A key rotation. The old keys stay valid for `overlapHours`; 0 ends them at once."""

    model_config = example(overlapHours=24, keyDays=90)

    overlap_hours: Annotated[float, Field(ge=0, le=24 * 90)] = OVERLAP_HOURS
    """For how many hours the old keys stay valid; 0 ends them at once."""
    key_days: _Days = KEY_DAYS
    """After how many days the new key ends."""


class KeyShown(ResponseModel):
    """A key of an agent, without its secret part."""

    prefix: str
    """The beginning of the key, by which people recognise it."""
    created: datetime
    """When the key was made, in UTC."""
    ends: datetime | None
    """When the key ends, in UTC; null: never."""
    last_used: datetime | None
    """When the key was last used, in UTC; null: never."""


class AgentShown(ResponseModel):
    """An agent."""

    id: str
    """The id of the agent."""
    name: str
    """The agent's name for people."""
    calls_per_minute: int
    """The most calls in any minute."""
    created: datetime
    """When the agent was created, in UTC."""
    created_by: str
    """The user who created the agent."""
    stopped: datetime | None
    """Since when the agent is stopped, in UTC; null: it may act."""
    tools: Toolset
    """Which tools the agent sees."""
    keys: list[KeyShown]
    """The agent's keys, without their secret part."""

    @classmethod
    def of(cls, agent: Agent) -> AgentShown:
        return cls(**_shown(agent))


class AgentMade(AgentShown):
    """An agent with its new key."""

    key: Annotated[str, ShownOnce("POST /api/agents/<id>/keys makes another one.")]
    """The whole key, shown this once."""

    @classmethod
    def made(cls, new: NewKey) -> AgentMade:
        return cls(**_shown(new.agent), key=new.secret)


class AgentsShown(ResponseModel):
    """A page of agents."""

    agents: list[AgentShown]
    """The agents of this page."""
    next_cursor: str | None


class Stopped(ResponseModel):
    """The result of stopping all agents."""

    stopped: int
    """How many agents were stopped."""


def _shown(agent: Agent) -> dict[str, Any]:
    return {
        "id": agent.id,
        "name": agent.name,
        "calls_per_minute": agent.calls_per_minute,
        "created": moment(agent.created),
        "created_by": agent.created_by,
        "stopped": moment(agent.stopped),
        "tools": agent.tools,
        "keys": [
            KeyShown.model_validate(
                {
                    "prefix": key.prefix,
                    "created": moment(key.created),
                    "ends": moment(key.ends),
                    "last_used": moment(key.last_used),
                }
            )
            for key in agent.keys
        ],
    }


@ROUTER.post("")
@raises(AuditUnavailable)
@records_itself
def create_agent(caller: CallerIs, identity: _Identity, body: NewAgent, new_id: NewId) -> AgentMade:
    """Create an agent. Its key is shown this once; the agent may do nothing until it has grants."""
    new = identity.create(
        caller.org,
        new_id,
        body.name,
        caller.user,
        body.calls_per_minute,
        body.key_days,
        body.tools,
    )
    return AgentMade.made(new)


@ROUTER.get("")
def list_agents(
    caller: CallerIs,
    identity: _Identity,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AgentsShown:
    """List the organisation's agents."""
    page = identity.page(caller.org, cursor, limit)
    return AgentsShown(
        agents=[AgentShown.of(one) for one in page.items], next_cursor=page.next_cursor
    )


@ROUTER.post("/stop")
@raises(AuditUnavailable)
@records_itself
def stop_all_agents(caller: CallerIs, identity: _Identity) -> Stopped:
    """Stop every agent at once; PATCH {"stopped": false} lets one of them act again."""
    return Stopped(stopped=identity.stop_all(caller.org, caller.user))


@ROUTER.get("/{agent_id}")
@raises(NoAgent)
def show_agent(caller: CallerIs, identity: _Identity, agent_id: str) -> AgentShown:
    """Return one agent."""
    return AgentShown.of(identity.get(caller.org, agent_id))


@ROUTER.patch("/{agent_id}")
@raises(NoAgent, AuditUnavailable)
@records_itself
def change_agent(
    caller: CallerIs, identity: _Identity, agent_id: str, body: AgentPatch
) -> AgentShown:
    """Rename an agent, change its rate limit or its tools, stop it or let it act again."""
    values = body.model_dump(exclude_none=True)
    return AgentShown.of(identity.change(caller.org, agent_id, values, caller.user))


@ROUTER.delete("/{agent_id}", status_code=204)
@raises(NoAgent, AuditUnavailable)
@records_itself
def delete_agent(caller: CallerIs, identity: _Identity, agent_id: str) -> Response:
    """Delete an agent, its keys and grants. Its calls stay in the audit."""
    identity.delete(caller.org, agent_id, caller.user)
    return Response(status_code=204)


@ROUTER.post("/{agent_id}/keys")
@raises(NoAgent, AuditUnavailable)
@records_itself
def make_agent_key(
    caller: CallerIs, identity: _Identity, agent_id: str, body: Rotation | None = None
) -> AgentMade:
    """Create a key, shown this once; the earlier keys end after the overlap."""
    asked = body or Rotation()
    new = identity.rotate(caller.org, agent_id, asked.overlap_hours, asked.key_days, caller.user)
    return AgentMade.made(new)


@ROUTER.post("/{agent_id}/stop")
@raises(NoAgent, AuditUnavailable)
@records_itself
def stop_agent(caller: CallerIs, identity: _Identity, agent_id: str) -> AgentShown:
    """Stop an agent: from its next call on it may do nothing."""
    return AgentShown.of(identity.stop(caller.org, agent_id, caller.user))
