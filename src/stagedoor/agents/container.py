"""The gateway's composition root: builds its parts from the connector's services.

Only entry points (the extension, commands) import it. Routes and job handlers get parts by their
types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, get_type_hints

from stagedoor.connector.container import Container
from stagedoor.connector.data_kinds import DataKind
from stagedoor.connector.fair_pool import FairPool
from stagedoor.connector.jobs import Batched, Handler
from stagedoor.connector.provided import Provided

from .approvals import store as approval_store
from .approvals.execute import ApprovalExecutor
from .approvals.files import CallFiles
from .approvals.prepare import ApprovalPreparation
from .approvals.requests import ApprovalRequests
from .approvals.restored import RestoredApprovals
from .approvals.service import Approvals
from .audit.people import PeopleLog
from .audit.service import Audit
from .calls.accounts import AccountNames
from .calls.claims import Claims
from .calls.currencies import Currencies
from .calls.executor import Executor
from .calls.posts import AgentPosts
from .calls.scheduler import SLOW, Scheduler
from .calls.service import Calls
from .calls.uploads import Uploads
from .decisions.gate import DecisionGate
from .domains import DOMAINS
from .grant_changes.preview import Previews
from .grants import store as grant_store
from .grants.policies import Policies
from .grants.service import Grants
from .identity import store as identity_store
from .identity.service import AgentListeners, AgentRegistry
from .mcp.app import McpApp
from .oauth import store as sign_in_store
from .oauth.service import AuthorizationServer
from .proxy.app import ProxyApp
from .tools.parts import ToolParts
from .tools.toolbox import Toolbox


@dataclass
class Agents:
    """The parts of the gateway in one process, each built on first use."""

    services: Container

    @cached_property
    def audit(self) -> Audit:
        services = self.services
        return Audit(
            services.database,
            services.vault,
            services.clock,
            services.witness,
            has_agents=identity_store.any_agent,
            erases=(approval_store.erase,),
        )

    @cached_property
    def people_log(self) -> PeopleLog:
        services = self.services
        return PeopleLog(self.audit, services.database, services.clock, services.integrations)

    @cached_property
    def identity(self) -> AgentRegistry:
        listeners = AgentListeners(
            deleted=(sign_in_store.forget, grant_store.delete),
            keys_end=(sign_in_store.end_tokens,),
        )
        return AgentRegistry(self.services.database, self.services.clock, self.audit, listeners)

    # grants and decisions

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
    def previews(self) -> Previews:
        return Previews(self.audit)

    @cached_property
    def gate(self) -> DecisionGate:
        """The check that every call passes."""
        return DecisionGate(self.services.database, self.services.clock, self.audit, self.policies)

    # approvals and calls

    @cached_property
    def approvals(self) -> Approvals:
        services = self.services
        return Approvals(
            settings=services.settings,
            keys=services.keys,
            database=services.database,
            clock=services.clock,
            media=services.media,
            posts=services.posts,
            cancelling=services.cancelling,
            audit=self.audit,
            emit=services.events.emit,
        )

    @cached_property
    def approval_requests(self) -> ApprovalRequests:
        services = self.services
        return ApprovalRequests(
            settings=services.settings,
            keys=services.keys,
            database=services.database,
            clock=services.clock,
            media=services.media,
            audit=self.audit,
            identity=self.identity,
            gate=self.gate,
            approvals=self.approvals,
            preparation=self.approval_preparation,
        )

    @cached_property
    def call_files(self) -> CallFiles:
        services = self.services
        return CallFiles(services.database, services.media, services.drafts, services.fetching)

    @cached_property
    def approval_preparation(self) -> ApprovalPreparation:
        services = self.services
        return ApprovalPreparation(
            settings=services.settings,
            database=services.database,
            clock=services.clock,
            media=services.media,
            notices=services.notices,
            integrations=services.integrations,
            identity=self.identity,
            files=self.call_files,
            currencies=self.currencies,
        )

    @cached_property
    def restored_approvals(self) -> RestoredApprovals:
        return RestoredApprovals(self.approvals, self.services.notices)

    @cached_property
    def account_names(self) -> AccountNames:
        return AccountNames(self.services.database, self.services.integrations, self.grants)

    @cached_property
    def agent_posts(self) -> AgentPosts:
        services = self.services
        return AgentPosts(
            public_url=services.settings.public_url,
            database=services.database,
            media=services.media,
            posts=services.posts,
            drafts=services.drafts,
            scheduling=services.scheduling,
            cancelling=services.cancelling,
            fetching=services.fetching,
        )

    @cached_property
    def claims(self) -> Claims:
        services = self.services
        return Claims(services.database, services.clock, services.media, self.approval_requests)

    @cached_property
    def executor(self) -> Executor:
        services = self.services
        return Executor(
            downloads=services.settings.data,
            database=services.database,
            clock=services.clock,
            apps=services.apps,
            integrations=services.integrations,
            business=services.business,
            accounts=services.accounts,
            creator_answers=services.creator_answers,
            posts=self.agent_posts,
            spend=services.ad_spend_calls,
            research=services.research_calls,
        )

    @cached_property
    def calls(self) -> Calls:
        services = self.services
        return Calls(
            http=services.http,
            pacer=services.pacer,
            database=services.database,
            clock=services.clock,
            gate=self.gate,
            claims=self.claims,
            posts=self.agent_posts,
            executor=self.executor,
            currencies=self.currencies,
            approvals=self.approval_requests,
        )

    @cached_property
    def currencies(self) -> Currencies:
        return Currencies(self.services.database, self.services.business, self.gate)

    @cached_property
    def uploads(self) -> Uploads:
        services = self.services
        return Uploads(
            database=services.database,
            scheduling=services.scheduling,
            cancelling=services.cancelling,
            identity=self.identity,
            gate=self.gate,
            approvals=self.approval_requests,
        )

    @cached_property
    def approval_executor(self) -> ApprovalExecutor:
        services = self.services
        return ApprovalExecutor(
            database=services.database,
            clock=services.clock,
            media=services.media,
            notices=services.notices,
            files=self.call_files,
            calls=self.calls,
            approvals=self.approvals,
        )

    @cached_property
    def slow(self) -> FairPool:
        """The thread pool for slow work of all calls."""
        return FairPool("slow", SLOW)

    @cached_property
    def scheduler(self) -> Scheduler:
        services = self.services
        return Scheduler(
            services.database,
            self.gate,
            services.pacer,
            self.slow,
            services.settings.outbound_urls,
        )

    # sign-ins, tools, and the applications

    @cached_property
    def oauth(self) -> AuthorizationServer:
        """Sign-ins of MCP clients; its `caller` resolves access tokens."""
        services = self.services
        return AuthorizationServer(
            settings=services.settings,
            database=services.database,
            clock=services.clock,
            integrations=services.integrations,
            grants=self.grants,
        )

    @cached_property
    def tool_parts(self) -> ToolParts:
        services = self.services
        return ToolParts(
            public_url=services.settings.public_url,
            database=services.database,
            clock=services.clock,
            media=services.media,
            integrations=services.integrations,
            posts=services.posts,
            drafts=services.drafts,
            grants=self.grants,
            approvals=self.approval_requests,
        )

    @cached_property
    def toolbox(self) -> Toolbox:
        return Toolbox(
            self.tool_parts,
            identity=self.identity,
            gate=self.gate,
            calls=self.calls,
            account_names=self.account_names,
        )

    @cached_property
    def mcp(self) -> McpApp:
        return McpApp(
            settings=self.services.settings,
            clock=self.services.clock,
            identity=self.identity,
            oauth=self.oauth,
            toolbox=self.toolbox,
            scheduler=self.scheduler,
        )

    @cached_property
    def proxy(self) -> ProxyApp:
        return ProxyApp(
            clock=self.services.clock,
            identity=self.identity,
            gate=self.gate,
            calls=self.calls,
            account_names=self.account_names,
            scheduler=self.scheduler,
        )

    # dependencies of routes and jobs

    @cached_property
    def instances(self) -> Mapping[type[Any], Any]:
        """The parts that routes and job handlers ask for, by their types."""
        return {kind: getattr(self, name) for kind, name in _parts().items()}

    @property
    def _provided(self) -> Provided:
        return self.services.provided.with_instances(self.instances)

    def job_handlers(self) -> dict[str, Handler | Batched]:
        """The handler of each kind of job of the gateway."""
        return DOMAINS.job_handlers(self._provided)

    def data_kinds(self) -> tuple[DataKind, ...]:
        """The kinds of data that the gateway keeps."""
        return DOMAINS.data_kinds(self._provided)


@cache
def _parts() -> dict[type[Any], str]:
    """The name of each part by its type."""
    return {
        get_type_hints(part.func)["return"]: name
        for name, part in vars(Agents).items()
        if isinstance(part, cached_property) and name != "instances"
    }
