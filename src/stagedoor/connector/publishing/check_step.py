"""The first step of publishing: checking whether TikTok would accept the media."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..database import TenantConnection
from ..errors import ApiError
from ..media.prober import Bad, Good
from ..media.service import MediaService
from .journal import Name, StepOutcome
from .outcomes import PostFailure, Wait
from .post_run import PostRun
from .posts import PostKind, StoredPost
from .run_ends import Stop, end_failed, react
from .states import PostState


class CheckStep:
    """Probes the files; TikTok doesn't know the post yet."""

    def __init__(self, media: MediaService) -> None:
        self._media = media

    def run(self, run: PostRun) -> None:
        post = run.post
        media = run.media
        key = run.begin(Name.CHECK, PostState.CHECKING)
        facts: list[Any] = []
        problems: list[str] = []
        for number, medium in enumerate(media, 1):
            where = f"photo {number}" if post.kind is PostKind.PHOTOS else "the video"
            if not medium.complete:
                problems.append(f"{where} isn't uploaded")
                continue
            try:
                found = self._media.probe(medium, number)
            except ApiError as error:
                if not error.retryable:
                    raise
                react(run, key, Wait(error.retry_after or 5.0, error.message))
                raise Stop from None
            if isinstance(found, Good):
                facts.append(dict(found.facts))
            elif isinstance(found, Bad):
                problems += [f"{where} {problem}" for problem in found.problems]
            else:
                problems.append(f"{where} isn't in the media store any more")
        if problems:
            failure = PostFailure(
                "media_rejected",
                f"The media isn't what TikTok takes: {'; '.join(problems)}. Nothing was sent.",
                "Mend the file and make a new post with it.",
            )
            end_failed(run, key, failure)
        if not media:
            facts.append("TikTok fetches the media itself, and checks it then")
        run.end(key, StepOutcome.OK, detail={"media": facts}, then=_begin_settings(run))


def _begin_settings(run: PostRun) -> Callable[[TenantConnection, StoredPost], Any]:
    def then(tenant: TenantConnection, post: StoredPost) -> None:
        if post.direct and post.state is PostState.CHECKING and not run.shutting_down:
            run.begin_in(tenant, post, Name.SETTINGS)

    return then
