"""What calls need of approvals, which build on calls and implement this."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.errors import ApiError

from ..decisions.decision import Ask
from ..identity.service import Caller
from .request import Done, Wanted
from .stored_call import StoredCall


class HeldApproval(Protocol):
    """Identifies an approval, and the run that holds it."""

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

    def ask(self, caller: Caller, wanted: Wanted, request: BaseModel, decision: Ask) -> Done:
        """Give the answer of an approved call. Raises `AwaitsApproval` until a person decided."""

    def answer(self, caller: Caller, approval_id: str) -> Done:
        """Give the answer of an approval's call, by id."""

    def find(self, org: str, approval_id: str) -> CallToApprove | None:
        """The approval with this id, if there is one."""

    def is_open(self, scope: TenantConnection, approval_id: str, now: float) -> bool:
        """Whether the approval exists, has not ended and has not expired."""

    def arrived(self, org: str, approval_id: str) -> None:
        """The file of a call was uploaded: ask a person about the call."""

    def ask_about_upload(
        self, caller: Caller, call: StoredCall, decision: Ask, post_id: str
    ) -> None:
        """Ask a person about a post whose file was uploaded after its call was allowed."""

    def fail(self, approval: HeldApproval, error: ApiError) -> None:
        """End an approval with an error: no person is asked."""
