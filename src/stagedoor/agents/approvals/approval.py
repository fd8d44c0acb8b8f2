"""An approval as a value, and its states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row

from ..audit.entry import ApprovalOutcome
from .preview import Preview


class CallApprovalState(StrEnum):
    PREPARING = "preparing"
    """Its files are being fetched and inspected."""
    UPLOADING = "uploading"
    """Its file is still to be uploaded."""
    PENDING = "pending"
    """A person can decide."""
    APPROVED = "approved"
    """A person approved it; it is executed in a moment."""
    DOING = "doing"
    """Recorded before the call is made."""
    DONE = "done"
    """The call was made. If it made a post, the post's own record says how that ends."""
    FAILED = "failed"
    """The approved call failed."""
    UNKNOWN = "unknown"
    """Whether the call was made can't be known."""
    REFUSED = "refused"
    """A person refused it."""
    EXPIRED = "expired"
    """Nobody decided in time."""


WAITING: Final = frozenset(
    {CallApprovalState.PREPARING, CallApprovalState.UPLOADING, CallApprovalState.PENDING}
)
ENDED: Final = frozenset(
    {
        CallApprovalState.DONE,
        CallApprovalState.FAILED,
        CallApprovalState.UNKNOWN,
        CallApprovalState.REFUSED,
        CallApprovalState.EXPIRED,
    }
)


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval. Times are Unix seconds. Erased values are None."""

    id: str
    org: str
    agent_id: str
    key_digest: str = field(repr=False)
    operation: str
    account: str | None
    digest: str
    unanswered: str | None
    seq: int
    state: CallApprovalState
    request: str | None = field(repr=False)
    files: tuple[tuple[str, str], ...]
    preview: Preview | None = field(repr=False)
    created: float
    expires: float
    verdict: ApprovalOutcome | None
    decided: float | None
    decided_by: str | None
    note: str | None
    ended: float | None
    result: Mapping[str, Any] | None = field(repr=False)
    failure: Mapping[str, Any] | None
    keep_until: float | None
    held_by: str | None
    held_until: float | None

    @classmethod
    def of(cls, row: Row[Any]) -> Approval:
        values = dict(row._mapping)
        values.pop("link")
        preview, verdict = values["preview"], values["verdict"]
        values |= {
            "state": CallApprovalState(values["state"]),
            "files": tuple((str(medium), str(digest)) for medium, digest in values["files"]),
            "preview": None if preview is None else Preview.model_validate(preview),
            "verdict": None if verdict is None else ApprovalOutcome(verdict),
        }
        return cls(**values)

    @property
    def ref(self) -> str:
        """The reference in due rows: organisation/id."""
        return f"{self.org}/{self.id}"

    @property
    def post(self) -> str | None:
        """The id of the post that the call made."""
        found = (self.result or {}).get("post")
        return None if found is None else str(found)
