"""News of comments: TikTok's webhooks say that a comment changed, and just that one is read.

The events themselves change nothing: they may come twice, late and in any order, and an unsigned
one isn't believed. What TikTok shows when it is asked is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from stagedoor.client.errors import RateLimited, StagedoorError
from stagedoor.platform.encodable import first_problem
from stagedoor.platform.products.webhooks import COMMENT_UPDATE, CommentUpdated

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, ServiceUnavailable
from ..integrations.accounts import Holder
from ..integrations.errors import CredentialMissing, NoIntegration
from ..limits.errors import TooFast
from ..schedule import store as due_rows
from . import news_store, reading
from .accounts import InboxAccounts
from .ingest import CommentIngest

READ = "inbox-read"
"""Kind of due row: read the comments of an account that webhooks told of."""
AT_ONCE = 10
"""The most comments of one reading: each may be a reply in a thread of its own."""
_ATTEMPTS = 6
_FIRST_SECONDS = 15.0

logger = logging.getLogger("stagedoor.inbox")


class CommentNews:
    """Reads comments that webhooks told of. Thread-safe."""

    def __init__(
        self, database: Database, clock: Clock, accounts: InboxAccounts, comments: CommentIngest
    ) -> None:
        self._database = database
        self._clock = clock
        self._accounts = accounts
        self._comments = comments

    def heard(self, holder: Holder, event: str, content: Mapping[str, Any], _: float) -> None:
        """Follow the events of accounts: have a comment read that one tells of. Idempotent."""
        if event != COMMENT_UPDATE.name:
            return
        try:
            told = CommentUpdated.model_validate(content)
        except ValidationError:
            return
        parent = told.parent_comment_id if told.parent_comment_id not in ("", "0") else None
        if first_problem([told.comment_id, told.video_id, parent]) is not None:
            return
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, holder.org)
            self.soon(tenant, holder.integration_id, told.video_id, {told.comment_id: parent})

    def soon(
        self,
        tenant: TenantConnection,
        integration: str,
        video: str,
        comments: Mapping[str, str | None],
    ) -> None:
        """Have comments of a video read, in the caller's transaction: by their ids, each with the
        comment that it replies to."""
        for comment, parent in sorted(comments.items()):
            news_store.add_news(tenant, integration, comment, video, parent)
        ref = f"{tenant.org}/{integration}"
        due_rows.wait(tenant.connection, READ, ref, self._clock.now())

    def read(self, ref: str) -> bool:
        """Read the queued comments, a few of one video at a time, by the ref of a due row:
        organisation/integration. Returns whether there is more to read now. Idempotent."""
        org, _, integration = ref.rpartition("/")
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            rows = news_store.some_news(tenant, integration, AT_ONCE)
        if not rows:
            return False
        try:
            self._read(org, integration, rows)
        except (NoIntegration, CredentialMissing):
            self._drop(org, integration, rows)
        except ServiceUnavailable:
            raise
        except (StagedoorError, ApiError) as error:
            logger.warning("comments couldn't be read: %s", error, extra={"org": org})
            self._later(org, integration, rows, error)
            return False
        return True

    def _read(self, org: str, integration: str, rows: Sequence[Any]) -> None:
        account = self._accounts.get(org, integration)
        [video] = {row.video for row in rows}
        wanted = {row.comment: row.parent for row in rows}
        at = self._clock.now()
        found = reading.several(account.tiktok, video, wanted, self._clock.now)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            # a video that isn't known yet is read as a whole by the synchronisation
            new = {"integration": integration, "id": video, "posted": at, "comments": None}
            news_store.add_videos(tenant, [new | {"due": at}])
            self._comments.record(tenant, account.read(at), found.comments)
            if found.gone:
                self._comments.gone(tenant, integration, found.gone, at)
            news_store.drop_news(tenant, integration, [row.token for row in rows])

    def _drop(self, org: str, integration: str, rows: Sequence[Any]) -> None:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            news_store.drop_news(tenant, integration, [row.token for row in rows])

    def _later(self, org: str, integration: str, rows: Sequence[Any], error: Exception) -> None:
        """Retry later; a comment that fails for good is left to the synchronisation."""
        tokens = [row.token for row in rows]
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if isinstance(error, RateLimited | TooFast):
                delay = error.retry_after or _FIRST_SECONDS
            else:
                tried = news_store.failed_news(tenant, integration, tokens, _ATTEMPTS)
                delay = _FIRST_SECONDS * 2.0 ** max(0, tried - 1)
            if news_store.some_news(tenant, integration, 1):
                due = self._clock.now() + delay
                due_rows.wait(connection, READ, f"{org}/{integration}", due)
