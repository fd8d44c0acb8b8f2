"""Progress reports of one post, each with what TikTok may have of the post by then."""

from __future__ import annotations

from typing import Any

from .effects import Flow, Report, Send
from .progress import OnProgress, Progress, Stage


class PostReporter:
    """Creates the reports of one post, each with its publish_id and whether it may be published."""

    def __init__(self, progress: OnProgress | None, publish_id: str | None = None) -> None:
        self._progress = progress
        self.publish_id = publish_id
        self.may_be_published = False

    def __call__(self, stage: Stage, done: int = 0, total: int = 0, note: str = "") -> Report:
        moment = Progress(
            stage,
            done,
            total,
            note,
            publish_id=self.publish_id,
            may_be_published=self.may_be_published,
        )
        return Report(moment, self._progress)

    def now(self, stage: Stage, done: int, total: int) -> None:
        """Report directly, from inside a request, where the flow can't yield."""
        report = self(stage, done, total)
        if report.to is not None:
            report.to(report.progress)


def told_while_sent(flow: Flow[Any], tell: PostReporter) -> Flow[Any]:
    """Run a call that publishes by itself; its reports tell whether the request is in flight."""
    try:
        effect = next(flow)
        while True:
            if isinstance(effect, Send) is not tell.may_be_published:
                tell.may_be_published = not tell.may_be_published
                yield tell(Stage.INIT)
            try:
                result = yield effect
            except Exception as error:
                effect = flow.throw(error)
            else:
                effect = flow.send(result)
    except StopIteration as end:
        return end.value
    finally:
        flow.close()
