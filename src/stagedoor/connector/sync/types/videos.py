"""`videos`: the account's public videos. The first run walks through all of them; later ones read
the newest until they meet a page without a new one."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from stagedoor.platform.products import display
from stagedoor.platform.scopes import Scope

from ...activity import readings
from ...integrations.accounts import CredentialKind
from .. import sightings
from ..sync_run import Cadence, Next, SyncRun, SyncType

_EVERY = 1_800.0


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk through the account's list, newest first. `whole`: it goes on past known videos, to
    the end or to `since` (Unix seconds)."""

    whole: bool
    since: float | None = None
    cursor: int | None = None
    """In Unix milliseconds; None: begin with the newest."""

    def to(self, cursor: int) -> _Walk:
        return _Walk(self.whole, self.since, cursor)

    def reaching(self, since: float | None) -> _Walk:
        """The same walk, to `since` if that is further than its own end."""
        if self.since is None or since is None:
            return self
        return _Walk(self.whole, min(self.since, since), self.cursor)


def _run(stretch: SyncRun) -> Next:
    walk = _begun(stretch)
    stretch.progress = asdict(walk)
    for _ in stretch.calls():
        page: display.VideoPage = stretch.tiktok.videos.list(
            cursor=walk.cursor, max_count=display.MAX_PAGE
        )
        now, seen = stretch.now, sightings.of(page)
        with stretch.write() as tenant:
            changed = readings.record(tenant, stretch.account.id, seen, now)
            stretch.changed(tenant, changed)
        oldest = min((one.posted for one in seen), default=None)
        past = walk.since is not None and oldest is not None and oldest < walk.since
        known = bool(seen) and not changed and not walk.whole
        if past or known or not page.has_more or page.cursor in (None, walk.cursor):
            return Next(now + _EVERY)
        walk = walk.to(page.cursor)
        stretch.progress = asdict(walk)
    return Next(stretch.now, finished=False)


def _begun(stretch: SyncRun) -> _Walk:
    """The walk to continue: a trigger restarts it, unless a whole walk is under way."""
    unfinished = None if stretch.progress is None else _Walk(**stretch.progress)
    wanted = stretch.wanted
    if unfinished is not None and (wanted is None or (unfinished.whole and not wanted.force)):
        return unfinished if wanted is None else unfinished.reaching(wanted.since)
    if wanted is not None:
        if wanted.force or stretch.first:
            return _Walk(whole=True, since=wanted.reaches)
        if wanted.since is not None:
            return _Walk(whole=True, since=wanted.since)
        return _Walk(whole=False)
    return _Walk(whole=stretch.first)


VIDEOS = SyncType(
    name="videos",
    subject=CredentialKind.CREATOR,
    scopes=(Scope.VIDEO_LIST,),
    what="The account's public videos: all of them once, then new ones",
    operations=(display.VIDEO_LIST.id,),
    page=display.MAX_PAGE,
    cadence=(Cadence(_EVERY),),
    run=_run,
)
