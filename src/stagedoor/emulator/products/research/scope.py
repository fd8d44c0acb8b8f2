"""The people and videos that research may see (`research.yaml` data_scope)."""

from __future__ import annotations

from stagedoor.platform.regions import EUROPE, OUT_OF_SCOPE
from stagedoor.platform.scopes import Scope

from ...calls import Call
from ...world import Creator, Video


def may_return(call: Call, person: Creator) -> bool:
    """Adults anywhere but in Canada; minors of Europe for an app that has the scope for them."""
    if person.region in OUT_OF_SCOPE:
        return False
    if not person.minor:
        return True
    scopes = call.token.scopes if call.token else frozenset()
    return person.region in EUROPE and Scope.RESEARCH_U18_EU in scopes


def may_show(call: Call, video: Video) -> bool:
    """Public posts of such people, from two days after they were posted."""
    return shows(call, video, call.world.creators[video.creator_id], call.now)


def shows(call: Call, video: Video, creator: Creator, at: float) -> bool:
    """The same for a post and its creator as they were at a moment."""
    return (
        video.is_open
        and not creator.private
        and video.created + call.world.settings.research_delay_seconds <= at
        and may_return(call, creator)
    )
