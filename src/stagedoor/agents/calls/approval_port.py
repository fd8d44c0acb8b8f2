"""The port by which `calls` uses approvals; `approvals` depends on `calls` and implements it."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.errors import ApiError

from ..decisions.decision import Ask
from ..identity.service import AgentCaller
from .request import CallAnswer, CallRequest
from .stored_call import StoredCall


class HeldApproval(Protocol):
    """The identity of an approval, and of the run that holds its lease."""

    @property
    def id(self) -> str: ...
    @property
    def org(self) -> str: ...
    @property
    def held_by(self) -> str | None: ...


class CallToApprove(HeldApproval, Protocol):
    """An approval with its call."""

    @property
    def agent_id(self) -> str: ...
    @property
    def key_digest(self) -> str: ...
    @property
    def request(self) -> str | None: ...
    @property
    def digest(self) -> str: ...


class ApprovalPort(Protocol):
    """Asks people about calls."""

    def ask(
        self, caller: AgentCaller, call: CallRequest, request: BaseModel, decision: Ask
    ) -> CallAnswer:
        """Return the answer of an approved call. Raises `AwaitsApproval` while it waits."""

    def answer(self, caller: AgentCaller, approval_id: str) -> CallAnswer:
        """Return the answer of the call of this approval."""

    def find(self, org: str, approval_id: str) -> CallToApprove | None:
        """Return the approval with this id; None if there is none."""

    def is_open(self, tenant: TenantConnection, approval_id: str, now: float) -> bool:
        """Whether the approval exists, has not ended and has not expired."""

    def arrived(self, org: str, approval_id: str) -> None:
        """Handle the completed upload of a call's file: ask a person about the call."""

    def ask_about_upload(
        self, caller: AgentCaller, call: StoredCall, decision: Ask, post_id: str
    ) -> None:
        """Ask a person about a post whose file was uploaded after its call was allowed."""

    def fail(self, approval: HeldApproval, error: ApiError) -> None:
        """End an approval with an error, without asking a person."""
