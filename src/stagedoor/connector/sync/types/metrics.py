"""`metrics`: the counters and covers of known videos, new ones more often than old ones. It notices
videos that aren't public any more."""

from __future__ import annotations

from stagedoor.platform.products import display
from stagedoor.platform.scopes import Scope

from ...activity import readings, store
from ...activity.videos import READINGS
from ...integrations.accounts import CredentialKind
from .. import sightings
from ..sync_run import Cadence, Next, SyncRun, SyncType

_AHEAD = 45.0
"""Videos that are due so soon are read with those that are due now, so that calls are full. A video
that an answer lacks is due later than that: no run asks for it twice."""
_SOONEST = 60.0
_FRESH = 60.0
"""A trigger reads nothing again that was read so few seconds ago, unless it forces it."""


def _run(stretch: SyncRun) -> Next:
    account = stretch.account.id
    wanted = stretch.wanted
    if wanted is not None:
        with stretch.write() as tenant:
            before = None if wanted.force else stretch.now - _FRESH
            store.all_due(tenant, account, wanted.reaches, before, stretch.now)
    until = stretch.now + _AHEAD
    for _ in stretch.calls():
        with stretch.write() as tenant:
            ids = store.due(tenant, account, until, display.MAX_PAGE)
        if not ids:
            break
        page: display.VideoPage = stretch.tiktok.videos.query(
            filters=display.VideoFilters(video_ids=tuple(ids))
        )
        now, seen = stretch.now, sightings.of(page)
        gone = set(ids).difference(one.id for one in seen)
        with stretch.write() as tenant:
            changed = readings.record(tenant, account, seen, now)
            changed += readings.absent(tenant, account, gone, now)
            stretch.changed(tenant, changed)
    with stretch.write() as tenant:
        earliest = store.earliest(tenant, account)
    if earliest is None:
        return Next(None)
    now = stretch.now
    return Next(max(earliest, now) if earliest <= until else max(earliest, now + _SOONEST))


METRICS = SyncType(
    name="metrics",
    subject=CredentialKind.CREATOR,
    scopes=(Scope.VIDEO_LIST,),
    what="Views, likes, comments, shares and covers of known videos, and whether they are public",
    operations=(display.VIDEO_QUERY.id,),
    page=display.MAX_PAGE,
    cadence=tuple(
        Cadence(band.every, None if band.age == float("inf") else band.age) for band in READINGS
    ),
    run=_run,
)
