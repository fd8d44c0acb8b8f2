"""Display: the connected creator and their public videos."""

from __future__ import annotations

from stagedoor.platform.products import display

from .. import videos
from ..service import Call, M, Service, WalkSteps


class User(Service[M]):
    """The connected creator."""

    info = Call(display.USER_INFO)


class Videos(Service[M]):
    """The connected creator's public videos."""

    list = Call(display.VIDEO_LIST)
    query = Call(display.VIDEO_QUERY)
    all = WalkSteps(videos.all_videos, display.VIDEO_LIST)
    by_id = WalkSteps(videos.videos_by_id, display.VIDEO_QUERY)
