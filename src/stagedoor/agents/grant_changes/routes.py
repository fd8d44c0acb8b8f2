"""/api/agents/{id}/grants: an agent's grants, by toggles, preset or Cedar text."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import Query
from pydantic import Field, model_validator

from stagedoor.connector.actions import records_itself
from stagedoor.connector.api import CallerIs, needs, router
from stagedoor.connector.bodies import MAX_ANY, takes
from stagedoor.connector.documented import raises
from stagedoor.connector.errors import ObjectNotFound
from stagedoor.connector.provided import provided
from stagedoor.connector.shapes import Model, ResponseModel, example, moment
from stagedoor.connector.tenants.roles import Role
from stagedoor.platform.bounds import AtMost

from .. import vocabulary
from ..audit.errors import AuditUnavailable
from ..grants import schema, words
from ..grants.errors import ChangedMeanwhile, PolicyInvalid
from ..grants.grant import Grant
from ..grants.policy import MAX_TEXT, AgentPolicy, parse
from ..grants.presets import PRESETS, Preset
from ..grants.service import AgentGrants, Grants
from ..identity.errors import NoAgent
from .preview import GrantPreview, Previews

ROUTER = router(prefix="/api/agents", tags=["agents"], dependencies=[needs(Role.ADMIN)])

_Grants = Annotated[Grants, provided(Grants)]
_MANY = 200


class GrantsBody(Model):
    """Exactly one of the three. It replaces everything that the agent was given before."""

    model_config = example(
        grants=[
            {
                "resource": "posting",
                "level": "full",
                "conditions": {"draftsOnly": True},
                "askFirst": True,
            }
        ]
    )

    grants: Annotated[tuple[Grant, ...], AtMost(_MANY)] | None = None
    """The grants, by toggles."""
    preset: Preset | None = None
    """A ready-made set of grants."""
    cedar: Annotated[str, Field(max_length=MAX_TEXT)] | None = None
    """A policy in Cedar, for what toggles can't say."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in ("grants", "preset", "cedar") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("send one of grants, preset and cedar")
        return self


class GrantsShown(ResponseModel):
    """An agent's grants."""

    version: int
    """Counts the changes of the agent's grants."""
    grants: list[Grant] | None
    """null if the policy was written by hand."""
    sentences: list[str]
    """The grants in words."""
    cedar: str
    """The policy in Cedar that is in force."""
    changed: datetime | None
    """When the grants last changed, in UTC; null: never."""
    changed_by: str | None
    """The user who changed them last."""

    @classmethod
    def of(cls, given: AgentGrants) -> GrantsShown:
        return cls(
            version=given.version,
            grants=None if given.grants is None else list(given.grants),
            sentences=[words.of(grant) for grant in given.grants or ()],
            cedar=given.cedar,
            changed=moment(given.changed),
            changed_by=given.changed_by,
        )


class PastCall(ResponseModel):
    """A past call that the new grants would decide differently."""

    id: str
    """The call's entry in the audit."""
    at: datetime
    """When the call was made, in UTC."""
    sentence: str | None
    """The call in words; null: the text was erased."""
    was: str
    """The decision that was made."""
    would_be: str
    """The decision with the new grants."""
    rule: str
    """The rule that would decide."""
    reason: str | None
    """Why the call would be denied; null: it wouldn't."""


class Changes(ResponseModel):
    """The preview of a change, for past calls, too. Nothing was changed."""

    added: list[str]
    """The grants that would be added, in words."""
    removed: list[str]
    """The grants that would be removed, in words."""
    cedar: str
    """The policy in Cedar that would be in force."""
    past_calls: list[PastCall]
    """Past calls that would have been decided differently."""
    looked_at: int
    """How many past calls were evaluated."""
    erased: int
    """How many of them can't be evaluated, because their texts were erased or cut."""

    @classmethod
    def of(cls, found: GrantPreview, policy: AgentPolicy) -> Changes:
        return cls(
            added=list(found.added),
            removed=list(found.removed),
            cedar=policy.text,
            past_calls=[
                PastCall(
                    id=str(one.seq),
                    at=moment(one.at),
                    sentence=one.sentence,
                    was=one.was,
                    would_be=one.would_be,
                    rule=one.rule,
                    reason=one.reason,
                )
                for one in found.otherwise
            ],
            looked_at=found.looked_at,
            erased=found.erased,
        )


class ActionShown(ResponseModel):
    """An action that can be granted."""

    id: str
    """The action's id, for `actions` of a grant."""
    name: str
    """The action in words."""


class ResourceShown(ResponseModel):
    """A resource that can be granted, with its actions."""

    id: str
    """The resource's id, for `resource` of a grant."""
    name: str
    """The resource in words."""
    actions: list[ActionShown]
    """The actions that the resource has."""


class Vocabulary(ResponseModel):
    """Everything that can be granted, and the schema that validates policies."""

    resources: list[ResourceShown]
    """All resources that can be granted."""
    presets: dict[str, list[str]]
    """The grants of each preset, in words."""
    cedar_schema: str
    """The schema that validates policies in Cedar."""


@ROUTER.get("/vocabulary")
def show_vocabulary(caller: CallerIs) -> Vocabulary:
    """Return resources, actions, presets, and the Cedar schema."""
    return Vocabulary(
        resources=[
            ResourceShown(
                id=resource.value,
                name=vocabulary.TITLES[resource],
                actions=[ActionShown(id=one, name=name) for one, name in known.items()],
            )
            for resource, known in vocabulary.actions().items()
        ],
        presets={name: [words.of(grant) for grant in grants] for name, grants in PRESETS.items()},
        cedar_schema=schema.text(),
    )


@ROUTER.get("/{agent_id}/grants")
@raises(NoAgent)
def show_grants(caller: CallerIs, grants: _Grants, agent_id: str) -> GrantsShown:
    """Return an agent's grants."""
    return GrantsShown.of(grants.get(caller.org, agent_id))


@ROUTER.put("/{agent_id}/grants")
@takes(MAX_ANY)
@raises(NoAgent, ObjectNotFound, PolicyInvalid, ChangedMeanwhile, AuditUnavailable)
@records_itself
def replace_grants(
    caller: CallerIs,
    grants: _Grants,
    previews: Annotated[Previews, provided(Previews)],
    agent_id: str,
    body: GrantsBody,
    dry_run: Annotated[
        bool, Query(alias="dryRun", description="Whether only to return the consequences.")
    ] = False,
) -> GrantsShown | Changes:
    """Replace all grants of an agent; with dryRun=true only return the consequences."""
    before = grants.get(caller.org, agent_id)
    if body.cedar is not None:
        policy = parse(body.cedar, check=True)
    else:
        listed = PRESETS[body.preset] if body.preset is not None else body.grants or ()
        policy = grants.policy(caller.org, listed)
    if dry_run:
        return Changes.of(previews.preview(caller.org, agent_id, before, policy), policy)
    return GrantsShown.of(grants.put(caller.org, agent_id, policy, caller.user))
