"""Idempotency of task tools: a repeated call gets the post that exists.

For a day, agent, account, media and text identify a post. A call claims that identity before it is
decided. The claim's primary key makes two equal calls in two processes one post: the second call
finds the claim, waits for the first call, and answers with its post. A claim holds the id that the
post will have, so a call that takes over a dead process's claim can't make a second post.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from stagedoor.client.effects import Sleep
from stagedoor.connector import leases
from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import ApiError
from stagedoor.connector.media.service import MediaService
from stagedoor.connector.publishing import store as post_rows
from stagedoor.connector.publishing.states import PostState

from ..identity.service import AgentCaller
from . import posts, store
from .approval_port import ApprovalPort
from .errors import SameUnderWay
from .flow import Flow, RunInThread
from .request import CallRequest

KEEP_SECONDS = 86_400.0
"""Seconds for which an equal call gets the same post."""
_FORGET_SECONDS = 8 * 86_400.0
_HELD_SECONDS = 1_000.0
"""Lease of a claim: after it, an equal call may take the claim over, and makes the same post."""
_LOOK_SECONDS = 0.25
_PATIENCE_SECONDS = 20.0
_TRIES = 3
_NOT_COUNTED = frozenset({PostState.FAILED, PostState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Claim:
    """This call makes the post, with this id."""

    digest: str
    post_id: str
    held_by: str


@dataclass(frozen=True, slots=True)
class Existing:
    """An earlier call made the post."""

    post_id: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An earlier call waits for a person's approval."""

    approval_id: str


Found = Claim | Existing | Waiting


def identity_of_bytes(call: CallRequest, request: BaseModel, sha256: Sequence[str]) -> str:
    """Like `Claims.identity`, for media that have been fetched since."""
    return _digest(call, posts.order(request, True), [["sha256", one] for one in sha256])


def _digest(call: CallRequest, asked: posts.PostOrder, media: Sequence[Sequence[str]]) -> str:
    texts = [(asked.values.get(name) or "").strip() for name in ("photo_title", "text")]
    told = [call.operation.id, asked.mode.value, call.account, list(media), texts]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.lower(), query="", fragment="").geturl()


class Claims:
    """The claims of all organisations; shared by all threads."""

    def __init__(
        self, database: Database, clock: Clock, media: MediaService, approvals: ApprovalPort
    ) -> None:
        self._database = database
        self._clock = clock
        self._media = media
        self._approvals = approvals

    def identity(self, org: str, call: CallRequest, request: BaseModel) -> str | None:
        """Return the digest that identifies the post of a call; None if the call makes no post.

        Media are identified by the digest of their bytes, or by a URL without its query.
        """
        try:
            asked = posts.order(request, bool(call.uploads))
            media = [["sha256", one] for one in self._digests(org, call.uploads)]
        except ApiError:
            return None  # the call's own check says what is wrong
        media = media or [["url", _without_query(url)] for url in asked.urls]
        return _digest(call, asked, media) if media else None

    def _digests(self, org: str, uploads: Sequence[str]) -> list[str]:
        found = []
        for media_id in uploads:
            with self._database.read() as connection:
                medium = self._media.find(TenantConnection(connection, org), media_id)
            if medium is None or not medium.complete:
                return []
            found.append(self._media.sha256(medium))
        return found

    def taken(self, caller: AgentCaller, digest: str, post_id: str | None = None) -> Flow[Found]:
        """Claim an identity, or wait for the equal call that holds it. Raises `SameUnderWay`."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            found: Found | None = yield RunInThread(lambda: self._take(caller, digest, post_id))
            if found is not None:
                return found
            if time.monotonic() >= until:
                raise SameUnderWay
            yield Sleep(_LOOK_SECONDS)

    def _take(self, caller: AgentCaller, digest: str, post_id: str | None) -> Found | None:
        """Claim an identity; None: an equal call is under way."""
        for _ in range(_TRIES):
            try:
                return self._took(caller, digest, post_id)
            except IntegrityError:  # an equal call was first
                continue
        return None

    def _took(self, caller: AgentCaller, digest: str, post_id: str | None) -> Found | None:
        with self._database.begin() as connection:
            tenant, now = TenantConnection(connection, caller.org), self._clock.now()
            row = store.claim(tenant, caller.agent_id, digest)
            alive = None if row is None else self._alive(tenant, row, now)
            if alive is not None:
                return alive
            if row is not None and not leases.is_free(row):
                return None
            own = post_id or _interrupted(tenant, row) or uuid.uuid4().hex
            held = leases.hold(_HELD_SECONDS)
            values = {
                "post": own,
                "claimed": now,
                **held,
            }
            if row is None:
                store.forget_claims(tenant, caller.agent_id, now - _FORGET_SECONDS)
                store.add_claim(tenant, caller.agent_id, digest, **values)
            else:
                store.change_claim(tenant, caller.agent_id, digest, **values)
            return Claim(digest, own, held["held_by"])

    def _alive(self, tenant: TenantConnection, row: Any, now: float) -> Existing | Waiting | None:
        """Return the post or the approval of an equal call, if it still counts."""
        post = post_rows.find(tenant, row.post)
        if post is not None:
            counts = post.state not in _NOT_COUNTED and row.claimed + KEEP_SECONDS > now
            return Existing(post.id) if counts else None
        return Waiting(row.post) if self._approvals.is_open(tenant, row.post, now) else None

    def settle(self, caller: AgentCaller, claim: Claim, made: str | None) -> None:
        """Release the claim at the end of its call.

        `made` is the post, or the approval, that equal calls get from now on; None: the call
        failed, and the claim is removed unless the post was made nevertheless.
        """
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, caller.org)
            row = store.claim(tenant, caller.agent_id, claim.digest)
            if row is None or row.held_by != claim.held_by:
                return
            if made is None and post_rows.find(tenant, claim.post_id) is None:
                store.remove_claim(tenant, caller.agent_id, claim.digest)
                return
            free = {"post": made or claim.post_id, **leases.RELEASED}
            store.change_claim(tenant, caller.agent_id, claim.digest, **free)

    def note(self, caller: AgentCaller, digest: str, post_id: str) -> None:
        """Record a post that was made on purpose beside an equal post. Equal calls get the first
        of these posts that counts."""
        found = self._take(caller, digest, post_id)
        if isinstance(found, Claim):
            self.settle(caller, found, post_id)


def _interrupted(tenant: TenantConnection, row: Any) -> str | None:
    """Return the post id under which a call whose process died may still make its post."""
    if row is None or row.held_by is None or post_rows.find(tenant, row.post) is not None:
        return None
    return str(row.post)
