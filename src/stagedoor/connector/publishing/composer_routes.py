"""The route for pages that compose posts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ..api import CallerIs, needs, router
from ..documented import raises
from ..provided import provided
from ..tenants.roles import Role
from .composer import Composer
from .composer_schema import ComposerShown
from .errors import ACCOUNT_ERRORS, TIKTOK_ERRORS
from .posts import Mode, PostKind

ROUTER: APIRouter = router(tags=["posts"])


@ROUTER.get("/api/composer", dependencies=[needs(Role.VIEWER)])
@raises(*ACCOUNT_ERRORS, *TIKTOK_ERRORS)
def show_composer(
    caller: CallerIs,
    composer: Annotated[Composer, provided(Composer)],
    integration_id: Annotated[str | None, Query(alias="integrationId", max_length=64)] = None,
    kind: Annotated[PostKind, Query(description="What the page composes.")] = PostKind.VIDEO,
    mode: Annotated[
        Mode, Query(description="A direct post, or a draft that the creator finishes in TikTok.")
    ] = Mode.DIRECT,
) -> ComposerShown:
    """Show what a page that composes a post needs, read live, as TikTok's guidelines demand.

    Read it each time that the page is drawn. Nothing is chosen beforehand: what the person chooses
    is sent with the post, and stands in its audit pack.
    """
    return ComposerShown.of(composer.compose(caller, integration_id, kind, mode))
