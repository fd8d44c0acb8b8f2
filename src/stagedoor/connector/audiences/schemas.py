"""JSON of audiences."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from stagedoor.platform.bounds import AtMost
from stagedoor.platform.products.business_audiences import MAX_NAME

from ..shapes import AccountId, Model, ResponseModel, example, moment
from .audience import (
    AudienceState,
    ChangeState,
    CustomerAudience,
    IdentifierType,
    MembersAction,
    StoredMembersChange,
)
from .service import Accepted, AudienceRecord

MAX_MEMBERS = 5_000
"""Members of one JSON request."""
_Value = Annotated[str | None, Field(max_length=400, repr=False)]


class NewCustomerAudience(Model):
    """A new audience of customers."""

    model_config = example(accountId="7000000000000000001", name="Customers of 2026")

    account_id: AccountId
    """The advertiser's id, as `GET /api/ads/accounts` lists it."""
    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    """The audience's name at TikTok, 1 to 128 characters."""
    identifier_type: IdentifierType | None = None
    """The only kind of identifiers that its members have; left out: members have any of them."""


class AudienceMember(BaseModel):
    """A customer, by one identifier or several. They are hashed at once, and kept nowhere.

    Values that are SHA-256 hashes already stay as they are.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    email: _Value = None
    """An e-mail address."""
    phone: _Value = None
    """A phone number with its country code, such as +44 20 7183 8750."""
    idfa: _Value = None
    """The advertising id of an Apple device."""
    gaid: _Value = None
    """The advertising id of an Android device."""


class MembersChange(Model):
    """Members to add to an audience, to take out, or to replace all by."""

    model_config = example(
        action="append",
        members=[{"email": "jane@example.com"}, {"phone": "+44 20 7183 8750"}],
    )

    action: MembersAction = MembersAction.APPEND
    """`append`, `remove`, or `replace`: the members become exactly these."""
    members: Annotated[list[AudienceMember], Field(min_length=1, repr=False), AtMost(MAX_MEMBERS)]
    """At most 5,000; a CSV body may have more."""
    more: bool = False
    """Further members follow in other requests: this change waits for them, and all of them travel
    together."""


class ChangeShown(ResponseModel):
    """A change of an audience's members."""

    change_id: str
    """The id of the change."""
    action: MembersAction
    """Whether the members are added, removed, or replace all others."""
    members: int
    """The number of members in it."""
    status: ChangeState
    """Whether it waits, is being sent, was taken by TikTok, or ended otherwise."""
    waits_for: Literal["more", "tiktok", "turn"] | None
    """`more`: for the members that were announced; `tiktok`: until TikTok has computed the change
    before it, for up to 48 hours; `turn`: it is sent within seconds; null: it doesn't wait."""
    message: str | None
    """TikTok's words on it, or why it failed."""
    created_at: datetime
    """When it was received, RFC 3339 in UTC."""
    ended_at: datetime | None
    """When TikTok took it, or it ended otherwise; null: it hasn't."""

    @classmethod
    def of(cls, change: StoredMembersChange, audience: CustomerAudience) -> Self:
        waits: Literal["more", "tiktok", "turn"] | None = None
        if change.state is ChangeState.WAITING:
            waits = "tiktok" if audience.state is AudienceState.COMPUTING else "turn"
            waits = "more" if change.more else waits
        return cls(
            change_id=change.id,
            action=change.action,
            members=change.rows,
            status=change.state,
            waits_for=waits,
            message=change.message,
            created_at=moment(change.created),
            ended_at=moment(change.ended),
        )


class ChangeAccepted(ChangeShown):
    """A change that was taken over: its members are hashed, and go to TikTok by themselves."""

    audience_id: str
    """The audience."""
    warnings: list[str]
    """TikTok's minimum sizes, where this change comes near them."""

    @classmethod
    def accepted(cls, accepted: Accepted) -> Self:
        shown = ChangeShown.of(accepted.change, accepted.audience)
        return cls(
            **shown.model_dump(),
            audience_id=accepted.audience.id,
            warnings=list(accepted.warnings),
        )


class AudienceShown(ResponseModel):
    """An audience of an ad account."""

    audience_id: str
    """The audience's id here; ad groups name it."""
    account_id: str
    """The advertiser's id."""
    name: str
    """Its name at TikTok."""
    identifier_type: IdentifierType | None
    """The only kind of identifiers of its members; null: any of them."""
    status: AudienceState
    """`new`: TikTok makes it with its first members; `computing`: for up to 48 hours; `ready`: ads
    can reach it; `failed`, `expired`: they can't, and `problem` says why."""
    tiktok_audience_id: str | None
    """TikTok's id; null: TikTok hasn't made it yet."""
    size: int | None
    """The number of people that TikTok matched; null: not known, or fewer than 1,000."""
    problem: str | None
    """Why it can't be used, or why a change wasn't made."""
    pending_changes: int
    """The number of changes that TikTok doesn't have yet."""
    created_at: datetime
    """When it was made here, RFC 3339 in UTC."""

    @classmethod
    def of(cls, audience: CustomerAudience, pending: int) -> Self:
        return cls(
            audience_id=audience.id,
            account_id=audience.account,
            name=audience.name,
            identifier_type=audience.identifier_type,
            status=audience.state,
            tiktok_audience_id=audience.tiktok_id,
            size=audience.size,
            problem=audience.problem,
            pending_changes=pending,
            created_at=moment(audience.created),
        )


class AudienceDetailShown(AudienceShown):
    """An audience with its changes."""

    changes: list[ChangeShown]
    """The pending changes in the order in which TikTok gets them, then the 20 that ended last, the
    newest first."""

    @classmethod
    def known(cls, known: AudienceRecord) -> Self:
        shown = AudienceShown.of(known.audience, len(known.pending))
        changes = [ChangeShown.of(one, known.audience) for one in (*known.pending, *known.ended)]
        return cls(**shown.model_dump(), changes=changes)


class AudiencesShown(ResponseModel):
    """A page of audiences."""

    audiences: list[AudienceShown]
    """The audiences, newest first."""
    next_cursor: str | None
    """The cursor of the next page; null on the last one."""
