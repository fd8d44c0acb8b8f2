"""The state of an account that a page for composing posts shows, as TikTok's Content Sharing
Guidelines demand: read live, with nothing chosen beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.client.errors import PolicyRefused, QuotaExceeded, StagedoorError
from stagedoor.platform.products.posting import CreatorInfo, PostMode

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..integrations.accounts import Integration
from ..tenants.roles import Caller, Role
from . import content
from .account_queue import AccountQueue, Forecast
from .accounts import PostingAccounts
from .approval import ApprovalGate
from .approval_state import ApprovalPolicy
from .creator_settings import CreatorAnswers
from .errors import api_error_of
from .holding import Holding
from .posts import Mode, PostKind


@dataclass(frozen=True, slots=True)
class ComposerState:
    """The present state of an account for a new post. `creator` is None for a draft, whose
    settings the creator chooses in TikTok, and where TikTok takes no post (`refusal`)."""

    account: Integration
    kind: PostKind
    mode: Mode
    read_at: float
    creator: CreatorInfo | None
    refusal: ApiError | None
    forecast: Forecast
    needs_approval: bool
    paused: bool


class OrganisationState:
    """The organisation's queue, approval and pause, as they apply to a post published now."""

    def __init__(
        self, database: Database, queue: AccountQueue, gate: ApprovalGate, holding: Holding
    ) -> None:
        self._database = database
        self._queue = queue
        self._gate = gate
        self._holding = holding

    def read(
        self, caller: Caller, integration: str, mode: Mode, now: float
    ) -> tuple[Forecast, bool, bool]:
        """When the post goes out, whether it waits for an admin, and whether posts are paused."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, caller.org)
            forecast = self._queue.forecast_many(tenant, integration, mode, {0: now})[0]
            approval = self._gate.policy(tenant) is ApprovalPolicy.APPROVAL
            return (
                forecast,
                approval and not caller.role.covers(Role.ADMIN),
                self._holding.paused(tenant),
            )


class Composer:
    """Reads what a page that composes a post needs. Thread-safe."""

    def __init__(
        self,
        clock: Clock,
        accounts: PostingAccounts,
        answers: CreatorAnswers,
        state: OrganisationState,
    ) -> None:
        self._clock = clock
        self._accounts = accounts
        self._answers = answers
        self._state = state

    def compose(
        self, caller: Caller, integration_id: str | None, kind: PostKind, mode: Mode
    ) -> ComposerState:
        """Read creator_info, and the organisation's own state.

        Raises as creator-info does, except where TikTok takes no post of the account now: that is
        in the value.
        """
        chosen = self._accounts.chosen(caller.org, integration_id)
        modes = {Mode.DIRECT: PostMode.DIRECT_POST, Mode.DRAFT: PostMode.MEDIA_UPLOAD}
        account, tiktok = self._accounts.acting(
            caller.org, chosen.id, content.operation(kind, mode), {"post_mode": modes[mode]}
        )
        creator, refusal = None, None
        if mode is Mode.DIRECT:
            try:
                creator = self._answers.recent(account.grant.id)
                creator = creator or self._answers.ask(account, tiktok)
            except (QuotaExceeded, PolicyRefused) as error:
                refusal = api_error_of(error)
            except StagedoorError as error:
                raise api_error_of(error) from error
        now = self._clock.now()
        forecast, needs_approval, paused = self._state.read(caller, account.id, mode, now)
        return ComposerState(
            account=account,
            kind=kind,
            mode=mode,
            read_at=now,
            creator=creator,
            refusal=refusal,
            forecast=forecast,
            needs_approval=needs_approval,
            paused=paused,
        )
