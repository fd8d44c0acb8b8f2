"""A copy of a person's data: request it, wait for it, download it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from stagedoor.platform.arguments import AtLeast, Says
from stagedoor.platform.products import portability
from stagedoor.platform.products.portability import Category, DataFormat, ExportState, ExportStatus

from .effects import Blocking, Flow, Report, Sleep
from .errors import ExportOver, StillCollecting
from .parameters import OnProgressOrNone, RequestId
from .progress import Progress, Stage
from .session import Session, call
from .sink import Sink, Target

_FIRST_POLL = 1.0
_LAST_POLL = 60.0
_OVER = (ExportStatus.CANCELLED, ExportStatus.EXPIRED)
HOUR = 3_600.0

SavedTo = Annotated[Target, Says("a path, or a stream that is open for writing bytes")]
Categories = Annotated[Sequence[Category | str], Says("which data; each category needs its scope")]
WrittenAs = Annotated[DataFormat | str, Says("JSON for programs, text for people")]
WaitSeconds = Annotated[float, AtLeast(0), Says("how many seconds to wait at most")]


@dataclass(frozen=True, slots=True)
class Export:
    """A downloaded archive: `size` in bytes, `path` if it was saved to one."""

    request_id: str
    size: int
    path: Path | None = None


def download(
    session: Session, request_id: RequestId, to: SavedTo, *, progress: OnProgressOrNone = None
) -> Flow[Export]:
    """Save a finished archive to a path, or write it to an open binary stream.

    The archive is never held in memory as a whole. The file appears at the path only when it is
    complete, and only its owner can read it. A broken connection restarts the download, if a
    stream can seek back. Raises a `TikTokError` if TikTok has no archive for this request (any
    more), `ArchiveBroken` if its end is missing, `ExportError` if it can't be written.
    """
    sink = Sink(to, request_id, progress)
    values = {"request_id": request_id}
    try:
        yield from call(session, portability.DATA_DOWNLOAD, values, sink)
        yield Blocking(sink.finish)
    finally:
        sink.discard()
    yield Report(Progress(Stage.DONE, sink.size, sink.size), progress)
    return Export(request_id, sink.size, sink.path)


def wait_for(
    session: Session,
    request_id: RequestId,
    *,
    wait: WaitSeconds = HOUR,
    progress: OnProgressOrNone = None,
) -> Flow[ExportState]:
    """Poll the state until the archive can be downloaded, for at most `wait` seconds.

    Raises `StillCollecting` after `wait` seconds (TikTok goes on: wait again), and `ExportOver`
    for a request that was cancelled or has expired. The webhook `portability.download.ready`
    tells the same without polling.
    """
    begun = session.now()
    pause = _FIRST_POLL
    while True:
        state: ExportState = yield from call(
            session, portability.DATA_CHECK, {"request_id": request_id}
        )
        waited = session.now() - begun
        moment = Progress(
            Stage.COLLECTING, int(waited), 0, str(state.status), request_id=request_id
        )
        yield Report(moment, progress)
        if state.status == ExportStatus.DOWNLOADING:
            return state
        if state.status in _OVER:
            raise ExportOver(
                f"request {request_id} is {state.status}: there is nothing to download. Ask for "
                "the data again; a single-use scope that it used up needs a new consent.",
                request_id,
            )
        if waited >= wait:
            raise StillCollecting(
                f"request {request_id} is {state.status} after {wait:.0f} s. It goes on at "
                "TikTok: wait for the same request again, and don't ask for another.",
                request_id,
            )
        yield Sleep(min(pause, max(0.05, wait - waited)))
        pause = min(_LAST_POLL, pause * 1.5)


def export(
    session: Session,
    to: SavedTo,
    categories: Categories = (Category.ALL_DATA,),
    *,
    data_format: WrittenAs = DataFormat.JSON,
    wait: WaitSeconds = HOUR,
    progress: OnProgressOrNone = None,
) -> Flow[Export]:
    """Request the person's data, wait until they are collected, and download them.

    Each category needs one of its scopes, and the call uses up a single-use scope. If the wait
    ends first, `StillCollecting` has the request_id: continue with `wait_for` and `download`.
    """
    asked: portability.Requested = yield from call(
        session,
        portability.DATA_ADD,
        {"data_format": data_format, "category_selection_list": tuple(categories)},
    )
    yield from wait_for(session, asked.request_id, wait=wait, progress=progress)
    return (yield from download(session, asked.request_id, to, progress=progress))
