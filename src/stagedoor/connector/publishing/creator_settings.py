"""Checks a post's settings against TikTok's creator-info: whether the creator offers them now.

Requests that make or publish a post are checked here before they are accepted. The worker reads
creator-info again right before it sends a post, as TikTok's guidelines demand.

TikTok answers creator-info 20 times a minute for each account, and the workers need six of them
(the limit of inits). So an answer is cached in memory: an answer of the last minute can accept a
setting, and only one of the last five seconds can refuse a setting, since the creator may have
changed their settings meanwhile.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from stagedoor.client import TikTok
from stagedoor.client.errors import (
    QuotaExceeded,
    ReconnectRequired,
    StagedoorError,
    TokenInvalid,
)
from stagedoor.platform.media import VIDEO
from stagedoor.platform.products.posting import CreatorInfo, PostMode

from ..clock import Clock
from ..errors import ApiError, Forbidden, InvalidInput, ServiceUnavailable, unfit
from ..fair_pool import FairPool
from ..fair_queue import Owner, Shares
from ..integrations.accounts import Integration
from . import content
from .accounts import PostingAccounts
from .errors import api_error_of
from .posts import Mode, PostKind

_ACCEPT_SECONDS = 60.0
_REFUSE_SECONDS = 5.0
_WAIT_SECONDS = 5.0
"""How long a request waits for TikTok's answer before the post is accepted unchecked."""
_KEPT = 10_000
_SHARES = Shares(total=8, org=4, agent=4, waiting=40)


class CreatorAnswers:
    """TikTok's answers to creator-info, cached in memory for a minute. Thread-safe.

    Concurrent requests for one account share one call to TikTok.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pool = FairPool("creator-info", _SHARES)
        self._kept: OrderedDict[str, tuple[float, CreatorInfo]] = OrderedDict()
        self._under_way: dict[str, Future[CreatorInfo]] = {}

    def known(self, grant_id: str, seconds: float) -> CreatorInfo | None:
        """The cached answer, if it is at most `seconds` old."""
        with self._lock:
            at, creator = self._kept.get(grant_id, (0.0, None))
        return creator if 0 <= self._clock.now() - at <= seconds else None

    def recent(self, grant_id: str) -> CreatorInfo | None:
        """A cached answer that is as good as a new one."""
        return self.known(grant_id, _REFUSE_SECONDS)

    def accepting(self, grant_id: str, level: Any) -> CreatorInfo | None:
        """A cached answer that accepts the privacy level, or is recent enough to refuse it."""
        known = self.known(grant_id, _ACCEPT_SECONDS)
        if known is not None and level_problem(level, known) is None:
            return known
        return self.recent(grant_id)

    def keep(self, grant_id: str, creator: CreatorInfo) -> None:
        with self._lock:
            self._kept[grant_id] = (self._clock.now(), creator)
            self._kept.move_to_end(grant_id)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def ask(self, account: Integration, tiktok: TikTok) -> CreatorInfo:
        """Ask TikTok. Raises the client's errors, and `ServiceUnavailable` where the answer takes
        too long."""
        grant_id = account.grant.id

        def work() -> CreatorInfo:
            creator: CreatorInfo = tiktok.posts.creator_info()
            self.keep(grant_id, creator)
            return creator

        def ended(future: Future[CreatorInfo]) -> None:
            with self._lock:
                if self._under_way.get(grant_id) is future:
                    del self._under_way[grant_id]

        with self._lock:
            future = self._under_way.get(grant_id)
            asked = future is None
            if future is None:
                future = self._pool.submit(Owner(account.org), work)
                self._under_way[grant_id] = future
        if asked:
            future.add_done_callback(ended)
        try:
            return future.result(_WAIT_SECONDS)
        except FutureTimeout:
            raise ServiceUnavailable("TikTok's answer takes too long.") from None

    def close(self) -> None:
        self._pool.close()


def level_problem(level: Any, creator: CreatorInfo) -> str | None:
    """The problem of a privacy level; None: the creator offers it."""
    if level in creator.privacy_level_options:
        return None
    offered = ", ".join(str(one) for one in creator.privacy_level_options)
    return f"{level} is not offered by @{creator.creator_username}, who offers {offered}"


def length_problem(seconds: float | None, creator: CreatorInfo) -> str | None:
    """The problem of a video's length; None: there is none, or the length isn't known."""
    longest = creator.max_video_post_duration_sec
    if seconds is None or not VIDEO.is_too_long(seconds, longest):
        return None
    return (
        f"the video is {seconds:.1f} s long, @{creator.creator_username} may post at most "
        f"{longest} s (TikTok takes {VIDEO.max_seconds:.0f} s at most)"
    )


class CreatorOffers:
    """Checks the settings of a post against what the creator offers."""

    def __init__(self, accounts: PostingAccounts, answers: CreatorAnswers) -> None:
        self._accounts = accounts
        self._answers = answers

    def check(
        self,
        org: str,
        integration_id: str,
        kind: PostKind,
        mode: Mode,
        values: Mapping[str, Any],
    ) -> str | None:
        """Raise `InvalidInput` for settings that the creator doesn't offer now.

        Returns a text if TikTok couldn't be asked: then the worker checks the settings before it
        sends the post. Raises `Forbidden` and TikTok's refusal for an account that can't post.
        """
        if mode is not Mode.DIRECT:
            return None
        operation, level = content.operation(kind, mode), values.get("privacy_level")
        try:
            account, tiktok = self._accounts.acting(
                org, integration_id, operation, {"post_mode": PostMode.DIRECT_POST}
            )
            creator = self._answers.accepting(account.grant.id, level)
            creator = creator or self._answers.ask(account, tiktok)
        except (ReconnectRequired, TokenInvalid) as error:
            raise api_error_of(error) from error
        except Forbidden:
            raise
        except QuotaExceeded as error:
            return (
                f"TikTok takes no more posts of this account now ({error.code}): a post that is "
                "due before the cap ends waits for its end."
            )
        except (StagedoorError, ApiError) as error:
            why = error.message if isinstance(error, ApiError) else str(error)
            return (
                f"TikTok couldn't be asked what the creator offers ({why.rstrip('.')}): the "
                "settings are checked before the post is sent."
            )
        problem = level_problem(level, creator)
        if problem is not None:
            raise unfit("privacyLevel", problem)
        return None

    def check_draft(
        self,
        org: str,
        integration_id: str,
        kind: PostKind,
        mode: Mode,
        values: Mapping[str, Any],
    ) -> str | None:
        """Raise `InvalidInput` as `check` does, and nothing else: an account that can't post now
        may have drafts all the same, which are checked again when they are published."""
        try:
            return self.check(org, integration_id, kind, mode, values)
        except InvalidInput:
            raise
        except ApiError:
            return None
