"""Probes the files of a post before it is scheduled: an invalid file is refused now, not when the
post is due."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from starlette.concurrency import run_in_threadpool

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..fair_queue import Owner
from ..media.prober import Bad
from ..media.service import MediaKind, MediaService, Medium
from . import store
from .errors import PostMediaRejected
from .states import PostState


class ScheduledMedia:
    """Probes files in the thread pool of the media service."""

    def __init__(self, database: Database, media: MediaService, clock: Clock) -> None:
        self._database = database
        self._media = media
        self._clock = clock

    async def check_draft(self, org: str, post_id: str) -> str | None:
        """Check the files of a draft that publish-video would schedule. Raises `PostMediaRejected`.

        Returns a text if they couldn't be probed: then they are checked when the post is due.
        """
        return await self._check(org, await run_in_threadpool(self._of_draft, org, post_id))

    async def check_uploads(self, org: str, uploads: Sequence[str]) -> str | None:
        """The same for uploads that don't belong to a post yet."""
        return await self._check(org, await run_in_threadpool(self._free, org, uploads))

    def _of_draft(self, org: str, post_id: str) -> list[Medium]:
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            post = store.find(tenant, post_id)
            if post is None or post.state is not PostState.DRAFT or post.publish_at is None:
                return []
            if post.publish_at <= self._clock.now():
                return []
            return self._media.of_post(tenant, post.id)

    def _free(self, org: str, uploads: Sequence[str]) -> list[Medium]:
        """The media of these uploads; none where one of them belongs to a post: the request may be
        a repeated one."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            found = [self._media.find(tenant, one) for one in uploads]
        media = [one for one in found if one is not None]
        return media if len(media) == len(found) and not any(one.post for one in media) else []

    async def _check(self, org: str, media: Sequence[Medium]) -> str | None:
        if not media or not all(one.complete for one in media):
            return None  # publishing reports what is missing
        work = partial(self._look_into, media)
        try:
            return await asyncio.wrap_future(self._media.slow.submit(Owner(org), work))
        except PostMediaRejected:
            raise
        except ApiError as error:
            if not error.retryable:
                raise
            return (
                f"The media couldn't be looked into ({error.message.rstrip('.')}): they are "
                "checked when the post is due."
            )

    def _look_into(self, media: Sequence[Medium]) -> None:
        problems: list[str] = []
        for number, medium in enumerate(media, 1):
            found = self._media.probe(medium, number)
            if isinstance(found, Bad):
                where = "the video" if medium.kind is MediaKind.VIDEO else f"photo {number}"
                problems += [f"{where} {problem}" for problem in found.problems]
        if problems:
            raise PostMediaRejected(problems)
