"""Text about the state in which an interrupted post was left."""

from __future__ import annotations

from stagedoor.client import OnProgress, Progress

from . import terminal


class Underway:
    """Follows a post's reports, to print on Ctrl-C whether TikTok may have the post already."""

    def __init__(self, who: str) -> None:
        self.show: OnProgress = lambda _: None
        self._who = who
        self._last: Progress | None = None

    def __call__(self, moment: Progress) -> None:
        self._last = moment
        self.show(moment)

    def explanation(self) -> str:
        """The text to print on Ctrl-C; empty before the first report."""
        last = self._last
        if last is None:
            return ""
        known = f" (publish_id {terminal.shown(last.publish_id)})" if last.publish_id else ""
        if last.may_be_published:
            return (
                f"{self._who} may have the post{known}. Don't post it again before you have looked "
                "at the creator's profile and inbox."
            )
        return f"Nothing was published{known}: it can be posted again."
