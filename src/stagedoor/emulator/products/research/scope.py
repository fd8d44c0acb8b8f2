"""The people and videos that research may see (`research.yaml` data_scope)."""

from __future__ import annotations

from stagedoor.platform.regions import EUROPE, OUT_OF_SCOPE
from stagedoor.platform.scopes import Scope

from ...calls import AdmittedCall
from ...world import Creator, Video


def may_return(call: AdmittedCall, person: Creator) -> bool:
    """Whether research returns the person: never from Canada; minors only from Europe, and only to
    an app with the scope for them."""
    if person.region in OUT_OF_SCOPE:
        return False
    if not person.minor:
        return True
    scopes = call.token.scopes if call.token else frozenset()
    return person.region in EUROPE and Scope.RESEARCH_U18_EU in scopes


def may_show(call: AdmittedCall, video: Video) -> bool:
    """Whether research returns the post: public, of such a person, and older than the delay."""
    return shows(call, video, call.world.creators[video.creator_id], call.now)


def shows(call: AdmittedCall, video: Video, creator: Creator, at: float) -> bool:
    """As `may_show`, for the state of a post and its creator at a moment."""
    return (
        video.is_open
        and not creator.private
        and video.created + call.world.settings.research_delay_seconds <= at
        and may_return(call, creator)
    )
