"""Look into the files of a post before it is scheduled: what is no media fails now, not when the
post is due."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from ..database import Scope
from ..errors import ApiError
from ..fair_pool import Owner
from ..media.prober import Bad
from ..media.service import Kind, Medium
from . import store
from .errors import MediaRejected
from .states import State

if TYPE_CHECKING:
    from ..services import Services


async def check_draft(services: Services, org: str, post_id: str) -> str | None:
    """Check the files of a draft that publish-video would schedule. Raises `MediaRejected`.

    A text says why they couldn't be looked into: then they are checked when the post is due.
    """
    return await _check(services, org, await run_in_threadpool(_of_draft, services, org, post_id))


async def check_uploads(services: Services, org: str, uploads: Sequence[str]) -> str | None:
    """The same for uploads that belong to no post yet."""
    return await _check(services, org, await run_in_threadpool(_free, services, org, uploads))


def _of_draft(services: Services, org: str, post_id: str) -> list[Medium]:
    with services.database.read() as connection:
        scope = Scope(connection, org)
        post = store.find(scope, post_id)
        if post is None or post.state is not State.DRAFT or post.publish_at is None:
            return []
        if post.publish_at <= services.clock.now():
            return []
        return services.media.of_post(scope, post.id)


def _free(services: Services, org: str, uploads: Sequence[str]) -> list[Medium]:
    """None where one of them belongs to a post: the request may be a repeated one."""
    with services.database.read() as connection:
        scope = Scope(connection, org)
        found = [services.media.find(scope, one) for one in uploads]
    media = [one for one in found if one is not None]
    return media if len(media) == len(found) and not any(one.post for one in media) else []


async def _check(services: Services, org: str, media: Sequence[Medium]) -> str | None:
    if not media or not all(one.complete for one in media):
        return None  # publishing says what is missing
    work = partial(_look_into, services, media)
    try:
        return await asyncio.wrap_future(services.media.slow.submit(Owner(org), work))
    except MediaRejected:
        raise
    except ApiError as error:
        if not error.retryable:
            raise
        return (
            f"The media couldn't be looked into ({error.message.rstrip('.')}): they are checked "
            "when the post is due."
        )


def _look_into(services: Services, media: Sequence[Medium]) -> None:
    problems: list[str] = []
    for number, medium in enumerate(media, 1):
        found = services.media.probe(medium, number)
        if isinstance(found, Bad):
            where = "the video" if medium.kind is Kind.VIDEO else f"photo {number}"
            problems += [f"{where} {problem}" for problem in found.problems]
    if problems:
        raise MediaRejected(problems)
