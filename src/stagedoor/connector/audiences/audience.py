"""Audiences and their changes, as values. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stagedoor.client.identifiers import IdentifierKind
from stagedoor.platform.products.business_audiences import UpdateAction


class IdentifierType(StrEnum):
    """The only kind of identifiers of an audience."""

    EMAIL = "email"
    """E-mail addresses."""
    PHONE = "phone"
    """Phone numbers with their country code."""
    IDFA = "idfa"
    """Advertising ids of Apple's devices."""
    GAID = "gaid"
    """Advertising ids of Android devices."""


ANY_KIND = (
    IdentifierKind.EMAIL,
    IdentifierKind.PHONE,
    IdentifierKind.IDFA,
    IdentifierKind.GAID,
    IdentifierKind.DEVICE,
)
"""The columns of an audience without an identifier type, in the order of its files."""


def kinds_of(type_: IdentifierType | None) -> tuple[IdentifierKind, ...]:
    """The columns of an audience's files, which TikTok wants to be the same for its whole life."""
    return ANY_KIND if type_ is None else (IdentifierKind(type_.value),)


class AudienceState(StrEnum):
    NEW = "new"
    """TikTok makes an audience with its first members, and has none yet."""
    COMPUTING = "computing"
    """TikTok matches the members with its users, for up to 48 hours."""
    READY = "ready"
    """Ads can reach it."""
    FAILED = "failed"
    """The audience can't be used: too few people were matched, or TikTok's `problem` says why."""
    EXPIRED = "expired"
    """The audience wasn't used for a year."""


class MembersAction(StrEnum):
    APPEND = "append"
    """Add the members."""
    REMOVE = "remove"
    """Take the members out."""
    REPLACE = "replace"
    """Replace all members by these."""

    @property
    def at_tiktok(self) -> UpdateAction:
        return UpdateAction(self.value.upper())


class ChangeState(StrEnum):
    WAITING = "waiting"
    """The change waits for TikTok, for more members, or for its turn."""
    SENDING = "sending"
    """The change is being sent, or the answer was lost and it is sent again."""
    DONE = "done"
    """TikTok took it."""
    FAILED = "failed"
    """TikTok didn't take it; `message` says why."""
    SUPERSEDED = "superseded"
    """A later `replace` made it needless before it was sent."""


PENDING = (ChangeState.WAITING.value, ChangeState.SENDING.value)


@dataclass(frozen=True, slots=True)
class CustomerAudience:
    """An audience; times in Unix seconds."""

    id: str
    org: str
    account: str
    name: str
    identifier_type: IdentifierType | None
    state: AudienceState
    tiktok_id: str | None
    size: int | None
    problem: str | None
    creating_since: float | None
    created: float
    polls: int
    held_by: str | None
    held_until: float | None

    @classmethod
    def of(cls, row: Any) -> CustomerAudience:
        kind = row.identifier_type
        return cls(
            row.id,
            row.org,
            row.account,
            row.name,
            None if kind is None else IdentifierType(kind),
            AudienceState(row.state),
            row.tiktok_id,
            row.size,
            row.problem,
            row.creating_since,
            row.created,
            row.polls,
            row.held_by,
            row.held_until,
        )

    @property
    def ref(self) -> str:
        """The audience's reference in due rows."""
        return f"{self.org}/{self.id}"

    @property
    def kinds(self) -> tuple[IdentifierKind, ...]:
        return kinds_of(self.identifier_type)


@dataclass(frozen=True, slots=True)
class StoredMembersChange:
    """A change of an audience's members; `rows` is their number."""

    id: str
    org: str
    audience: str
    action: MembersAction
    rows: int
    more: bool
    state: ChangeState
    message: str | None
    created: float
    ended: float | None

    @classmethod
    def of(cls, row: Any) -> StoredMembersChange:
        return cls(
            row.id,
            row.org,
            row.audience,
            MembersAction(row.action),
            row.rows,
            row.more,
            ChangeState(row.state),
            row.message,
            row.created,
            row.ended,
        )


@dataclass(frozen=True, slots=True)
class MemberBatch:
    """The changes that one request to TikTok makes, and those that it makes needless."""

    action: MembersAction
    changes: tuple[StoredMembersChange, ...]
    superseded: tuple[StoredMembersChange, ...] = ()


def next_batch(pending: Sequence[StoredMembersChange], most: int) -> MemberBatch | None:
    """The next request for the pending changes, in their order; None: there is nothing to send.

    A `replace` makes what was waiting before it needless. Appends after an append or a replace,
    and removals after a removal, travel together, up to `most` changes. The last of them waits
    while more members are announced, and the whole batch with it.
    """
    if not pending:
        return None
    last = max(
        (at for at, one in enumerate(pending) if one.action is MembersAction.REPLACE), default=None
    )
    start = 0 if last is None else last
    first = pending[start]
    follows = MembersAction.REMOVE if first.action is MembersAction.REMOVE else MembersAction.APPEND
    end = start + 1
    while end < len(pending) and end - start < most and pending[end].action is follows:
        end += 1
    batch = pending[start:end]
    if batch[-1].more and end == len(pending):
        return None
    return MemberBatch(first.action, tuple(batch), tuple(pending[:start]))


def refusal(held: CustomerAudience, batch: MemberBatch) -> str | None:
    """Why TikTok would refuse the batch; None: it may take it."""
    if held.tiktok_id is None:
        if batch.action is MembersAction.REMOVE:
            return "The audience has no members, since the changes before this one failed."
        return None
    if held.state is AudienceState.READY:
        return None
    why = f" ({held.problem})" if held.problem else ""
    return (
        f"TikTok changes no audience that is {held.state.value}{why}: make a new one with all "
        "of its members."
    )


def sending(changes: Iterable[StoredMembersChange]) -> list[StoredMembersChange]:
    return [one for one in changes if one.state is ChangeState.SENDING]
