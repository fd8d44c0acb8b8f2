"""Display's declared operations and what answers them."""

from __future__ import annotations

from stagedoor.platform.products import display

from ..calls import Handlers
from . import service

HANDLERS: Handlers = {
    display.USER_INFO: service.user_info,
    display.VIDEO_LIST: service.video_list,
    display.VIDEO_QUERY: service.video_query,
}
