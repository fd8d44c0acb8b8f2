"""Reads and replaces an agent's grants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import unfit
from stagedoor.connector.integrations.service import Integrations

from .. import quoting, vocabulary
from ..audit.changes import ChangeKind, changing
from ..audit.service import Audit
from ..identity import store as identity
from ..identity.errors import NoAgent
from . import cedar, store, words
from .errors import ChangedMeanwhile
from .grant import Grant
from .policies import Policies
from .policy import NOTHING, AgentPolicy, parse


@dataclass(frozen=True, slots=True)
class AgentGrants:
    """An agent's grants. `grants` is None if the policy was written by hand."""

    version: int
    grants: tuple[Grant, ...] | None
    cedar: str
    changed: float | None
    changed_by: str | None


class Grants:
    """The grants of agents."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        integrations: Integrations,
        policies: Policies,
        audit: Audit,
    ) -> None:
        self._database = database
        self._clock = clock
        self._integrations = integrations
        self._policies = policies
        self._audit = audit

    def get(self, org: str, agent_id: str) -> AgentGrants:
        """Return an agent's grants. Raises `NoAgent`."""
        with self._database.read() as connection:
            return self._given(TenantConnection(connection, org), agent_id)

    def policy(self, org: str, grants: Sequence[Grant]) -> AgentPolicy:
        """Return the policy for grants, without giving it to an agent. Raises `ObjectNotFound` for
        an account that the organisation doesn't have."""
        for number, grant in enumerate(grants):
            if grant.integration_id is not None:
                if not vocabulary.takes_account(grant.resource):
                    raise unfit(
                        f"grants.{number}.integrationId",
                        f"{grant.resource} isn't done for one account: leave it out",
                    )
                self._integrations.get(org, grant.integration_id)
        return parse(cedar.text_of(grants), grants=grants)

    def put(self, org: str, agent_id: str, policy: AgentPolicy, by: str) -> AgentGrants:
        """Replace all grants of an agent, as of the next decision in any process."""
        listed = None
        if policy.grants is not None:
            listed = [one.model_dump(mode="json", by_alias=True) for one in policy.grants]
        values: dict[str, Any] = {
            "grants": listed,
            "cedar": policy.text,
            "changed": self._clock.now(),
            "changed_by": by,
        }
        try:
            with changing(self._database, self._audit, org, self._clock.now()) as made:
                tenant = made.tenant
                before = self._given(tenant, agent_id)
                if before.version == 0:
                    store.add(tenant, agent_id, **values)
                elif not store.change(tenant, agent_id, before.version, **values):
                    raise ChangedMeanwhile
                given = self._given(tenant, agent_id)
                agent = identity.get(tenant, agent_id)
                name = "" if agent is None else agent.name
                did = (
                    f"changed what {quoting.name(name, 'an agent')} may do: {_listed_grants(given)}"
                )
                made.note(ChangeKind.GRANTS, by, did, agent_id, name, given.version)
                return given
        except IntegrityError:
            raise ChangedMeanwhile from None

    def _given(self, tenant: TenantConnection, agent_id: str) -> AgentGrants:
        if identity.get(tenant, agent_id) is None:
            raise NoAgent
        row = store.get(tenant, agent_id)
        if row is None:
            return AgentGrants(0, (), NOTHING, None, None)
        policy = self._policies.of(tenant, agent_id, row.version)
        return AgentGrants(row.version, policy.grants, row.cedar, row.changed, row.changed_by)


def _listed_grants(given: AgentGrants) -> str:
    """Return all grants of an agent in one line."""
    if given.grants is None:
        return "a policy written by hand"
    listed = "; ".join(words.of(grant) for grant in given.grants)
    return quoting.remark(listed) if listed else "nothing"
