"""What the gateway is made of in a process, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from stagedoor.connector.container import Container
from stagedoor.connector.fair_pool import FairPool

from .approvals.service import Approvals
from .audit.service import Audit
from .calls.desk import SLOW
from .calls.service import Calls
from .decisions.gate import Gate
from .decisions.preview import Preview, preview
from .grants.policies import Policies
from .grants.policy import Policy
from .grants.service import Given, Grants
from .identity.service import Identity
from .oauth.service import OAuth


@dataclass
class Agents:
    """Shared by routes, doors and commands, over the services of the connector."""

    services: Container

    @cached_property
    def audit(self) -> Audit:
        services = self.services
        return Audit(services.database, services.vault, services.clock, services.witness)

    @cached_property
    def identity(self) -> Identity:
        return Identity(self.services.database, self.services.clock, self.audit)

    @cached_property
    def policies(self) -> Policies:
        return Policies()

    @cached_property
    def grants(self) -> Grants:
        services = self.services
        return Grants(
            services.database, services.clock, services.integrations, self.policies, self.audit
        )

    @cached_property
    def gate(self) -> Gate:
        """The check that every door goes through."""
        return Gate(self.services.database, self.services.clock, self.audit, self.policies)

    @cached_property
    def approvals(self) -> Approvals:
        """Calls that wait for a person."""
        return Approvals(self.services, self.audit, self.identity, self.gate)

    @cached_property
    def calls(self) -> Calls:
        return Calls(self)

    @cached_property
    def slow(self) -> FairPool:
        """Threads for slow work of all doors."""
        return FairPool("slow", SLOW)

    @cached_property
    def oauth(self) -> OAuth:
        """Sign-ins of MCP clients; `caller` knows whose a token is."""
        return OAuth(self)

    def preview(self, org: str, agent_id: str, before: Given, policy: Policy) -> Preview:
        """What a change of grants would mean."""
        return preview(self.audit, org, agent_id, before, policy)
