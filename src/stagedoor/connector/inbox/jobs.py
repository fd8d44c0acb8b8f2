"""The jobs of the inbox, by kind: the ref of a reading is organisation/integration, that of a reply
organisation/reply."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Handler, JobResult
from .news import READ, CommentNews
from .replies import SETTLE, Replies


def handlers(news: CommentNews, replies: Replies) -> Mapping[str, Handler]:
    def read(ref: str) -> JobResult:
        return JobResult.AGAIN if news.read(ref) else JobResult.DONE

    def settle(ref: str) -> JobResult:
        replies.settle(ref)
        return JobResult.DONE

    return {READ: read, SETTLE: settle}
