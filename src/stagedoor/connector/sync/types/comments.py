"""`comments`: the comments on an account's videos, with their replies.

The first reading of a video walks through all of its comments; later ones end at a page without
anything new, and walk through all of them again from time to time, since that shows what was
hidden, liked, pinned or deleted. A comment that such a walk didn't meet is asked for by its id.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import BadRequest, NotFound, PolicyRefused, ScopeMissing
from stagedoor.platform.products import business_accounts, business_comments
from stagedoor.platform.products.business_comments import INLINE_REPLIES, MAX_COMMENTS

from ...activity import store as activity
from ...activity.videos import PUBLIC
from ...inbox import news_store, reading, store
from ...inbox.comments import CommentSnapshot, conversation_id
from ...inbox.ingest import CommentIngest, Read
from ...integrations.accounts import CredentialKind
from ..sync_run import Cadence, Next, SyncRun, SyncType

_HOUR, _DAY = 3_600.0, 86_400.0
_CADENCE = (
    Cadence(900.0, 6 * _HOUR),
    Cadence(_HOUR, 2 * _DAY),
    Cadence(3 * _HOUR, 7 * _DAY),
    Cadence(6 * _HOUR, 30 * _DAY),
    Cadence(7 * _DAY),
)
"""By the age of a video. A change of TikTok's number of comments brings its reading forward."""
_WHOLE = (Cadence(_DAY, 30 * _DAY), Cadence(7 * _DAY))
"""How often all comments of a video are read again."""
_LISTED = 1_800.0
"""How often the account's newest videos are listed."""
_SOONEST = 60.0
_PAUSE = 60.0
"""A run that made all of its calls goes on after this time: TikTok's limit of 40 calls a minute has
room then for webhooks and for people."""
_SCOPES = ("comment.list", "business.creator.insights")
_LIST_SCOPE = "video.list"
_NOT_OWN = "40001"
"""TikTok's code for a video of somebody else."""
_KNOWN_AT_ONCE = 200
_GONE_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where a run goes on. `listed`: the list of videos was read; `cursor` is the place in that
    list, or in the comments of `video`, whose reading `began` at that time."""

    listed: bool = False
    cursor: int | None = None
    video: str | None = None
    began: float = 0.0
    whole: bool = False


class _OutOfCalls(Exception):
    """The run made all the calls that it may make."""


class _Run:
    """One run of the type for an account."""

    def __init__(self, stretch: SyncRun, comments: CommentIngest) -> None:
        self._stretch = stretch
        self._comments = comments
        self._calls = stretch.calls()
        self._account = stretch.account.id
        self._since = stretch.account.must_have(CredentialKind.ACCOUNT).connected_at
        kept = stretch.progress
        self._walk = _Walk() if kept is None else _Walk(**kept)

    def run(self) -> Next:
        wanted = self._stretch.wanted
        if wanted is not None:
            with self._stretch.write() as tenant:
                now, reach = self._stretch.now, wanted.reaches
                news_store.all_due(tenant, self._account, reach, now, wanted.force)
            self._to(replace(self._walk, listed=False, cursor=None, video=None))
        try:
            if not self._walk.listed:
                self._list()
            while self._walk.video is not None or self._next_video():
                self._video()
        except _OutOfCalls:
            return Next(self._stretch.now + _PAUSE, finished=False)
        with self._stretch.write() as tenant:
            earliest = news_store.earliest(tenant, self._account)
        now = self._stretch.now
        soonest = now + _LISTED if earliest is None else max(earliest, now + _SOONEST)
        return Next(min(soonest, now + _LISTED))

    def _call(self) -> TikTokBusiness:
        """The client, for one more call."""
        if next(self._calls, None) is None:
            raise _OutOfCalls
        return self._stretch.business_account

    def _to(self, walk: _Walk) -> None:
        self._walk = walk
        self._stretch.progress = asdict(walk)

    # videos

    def _list(self) -> None:
        """Find the account's videos: by its own list, else those of the activity store."""
        if _LIST_SCOPE not in self._stretch.had:
            self._take_known()
            self._to(_Walk(listed=True))
            return
        while True:
            page: business_accounts.AccountPostPage = self._call().accounts.list_posts(
                fields=("item_id", "create_time", "comments"),
                cursor=self._walk.cursor,
                max_count=business_accounts.MAX_POSTS,
            )
            posts = [
                (one.item_id, _seconds(one.create_time, self._stretch.now), one.comments)
                for one in page.videos
            ]
            with self._stretch.write() as tenant:
                new = self._add(tenant, posts)
            known = not new and not self._stretch.first and not self._forced
            if known or not page.has_more or page.cursor in (None, self._walk.cursor):
                self._to(_Walk(listed=True))
                return
            self._to(replace(self._walk, cursor=page.cursor))

    def _take_known(self) -> None:
        """Take the videos that the creator's credential showed: it is the same account."""
        wanted, after = activity.StoredVideoFilter(self._account, visibility=PUBLIC), None
        while True:
            with self._stretch.write() as tenant:
                rows = activity.page(tenant, wanted, after, _KNOWN_AT_ONCE)
                new = self._add(tenant, [(row.id, row.posted, row.comments) for row in rows])
            if not new or len(rows) < _KNOWN_AT_ONCE:
                return
            last = rows[-1]
            after = activity.VideoPosition(last.posted, last.id, last.integration)

    @property
    def _forced(self) -> bool:
        return self._stretch.wanted is not None and self._stretch.wanted.force

    def _add(self, tenant: Any, posts: list[tuple[str, float, int | None]]) -> int:
        """Keep videos with TikTok's number of comments; the number of those that are new."""
        now = self._stretch.now
        new = news_store.add_videos(
            tenant,
            [
                {
                    "integration": self._account,
                    "id": id,
                    "posted": posted,
                    "comments": count,
                    "due": now,
                }
                for id, posted, count in posts
            ],
        )
        known = news_store.videos(tenant, self._account, [id for id, _, _ in posts])
        for id, posted, count in posts:
            if count is not None and count != known[id].comments:
                values = {"comments": count, "posted": posted, "due": now}
                news_store.change_video(tenant, self._account, id, **values)
        return new

    def _next_video(self) -> bool:
        """Begin with the video that is due for the longest time; False if none is."""
        now = self._stretch.now
        with self._stretch.write() as tenant:
            row = news_store.due_video(tenant, self._account, now)
        if row is None:
            return False
        whole = row.whole is None or now - row.whole >= _of_age(_WHOLE, now - row.posted).every
        self._to(_Walk(listed=True, video=row.id, began=now, whole=whole))
        return True

    # comments

    def _video(self) -> None:
        """Read comments of the present video to the end of its walk."""
        video = self._walk.video or ""
        with self._stretch.write() as tenant:
            row = news_store.videos(tenant, self._account, [video]).get(video)
            known = store.count(tenant, self._account, video)
        try:
            if row is None or row.comments != 0 or known:
                while not self._page(video):
                    pass
                if self._walk.whole:
                    self._ask_for_missing(video)
            self._done(video)
        except NotFound:
            self._unknown(video)
        except (BadRequest, PolicyRefused):
            self._without(video)
        except ScopeMissing as error:
            if error.code != _NOT_OWN:
                raise
            self._without(video)

    def _page(self, video: str) -> bool:
        """Read a page of comments; whether it was the last one to read."""
        tiktok, at = self._call(), self._stretch.now
        page = reading.page(tiktok, video, self._walk.cursor)
        found = reading.seen_on(page, video, at)
        new = self._keep(found, at)
        for top in self._unread_threads(found, at):
            new += self._thread(video, top)
        over = not page.has_more or page.cursor in (None, self._walk.cursor)
        if over or not (new or self._walk.whole):
            return True
        self._to(replace(self._walk, cursor=page.cursor))
        return False

    def _keep(self, found: list[CommentSnapshot], at: float) -> int:
        with self._stretch.write() as tenant:
            read = Read(self._account, at, self._since)
            return self._comments.record(tenant, read, found)

    def _unread_threads(self, found: list[CommentSnapshot], at: float) -> list[CommentSnapshot]:
        """Comments of a page of which TikTok has other replies than those that were read. Where the
        page has all of a comment's replies, those that it lacks are gone."""
        inline: dict[str, set[str]] = {}
        for one in found:
            if one.parent is not None:
                inline.setdefault(one.parent, set()).add(one.id)
        tops = [one for one in found if one.parent is None and not one.hidden]
        ids = {one.id: conversation_id(self._account, one.id) for one in tops}
        unread, gone = [], set()
        with self._stretch.write() as tenant:
            rows = store.conversations(tenant, sorted(ids.values()), lock=False)
            threads = store.threads(tenant, list(ids.values()))
            for one in tops:
                shown = inline.get(one.id, set())
                if len(shown) < INLINE_REPLIES:
                    gone.update(threads[ids[one.id]] - shown - {one.id})
                elif ids[one.id] in rows and rows[ids[one.id]].replies != one.replies:
                    unread.append(one)
            if gone:
                self._comments.gone(tenant, self._account, gone, at)
        return unread

    def _thread(self, video: str, top: CommentSnapshot) -> int:
        """Read the replies to a comment; the number of new ones."""
        new, pages, at = 0, 0, self._stretch.now
        seen: set[str] = set()
        for page in reading.thread(self._call, video, top.id, at):
            pages += 1
            new += self._keep(page, at)
            seen.update(one.id for one in page)
        conversation = conversation_id(self._account, top.id)
        with self._stretch.write() as tenant:
            if pages < reading.THREAD_PAGES:
                left = store.threads(tenant, [conversation])[conversation] - seen - {top.id}
                self._comments.gone(tenant, self._account, left, at)
            store.change_conversation(tenant, conversation, replies=top.replies)
        return new

    def _ask_for_missing(self, video: str) -> None:
        """Ask by their ids for comments that a whole walk didn't meet: TikTok's order beyond some
        hundred comments isn't stable, so they may still be there."""
        while True:
            with self._stretch.write() as tenant:
                before = self._walk.began
                ids = store.of_video(tenant, self._account, video, before, MAX_COMMENTS)
            if not ids:
                return
            tiktok, at = self._call(), self._stretch.now
            found = reading.tops(tiktok, video, ids, at)
            with self._stretch.write() as tenant:
                read = Read(self._account, at, self._since)
                self._comments.record(tenant, read, found.comments)
                self._comments.gone(tenant, self._account, found.gone, at)

    def _done(self, video: str) -> None:
        """A video's comments were read: it is due again by its age. Where TikTok counts more
        comments than were found, all of them are read again, once an hour at most."""
        now, walk = self._stretch.now, self._walk
        with self._stretch.write() as tenant:
            row = news_store.videos(tenant, self._account, [video]).get(video)
            if row is not None:
                due = now + _of_age(_CADENCE, now - row.posted).every
                values: dict[str, Any] = {"due": due, "missing": None}
                gap = None
                if row.comments is not None:
                    gap = row.comments - store.count(tenant, self._account, video)
                if walk.whole:
                    values |= {"whole": walk.began, "gap": gap}
                elif gap is not None and gap > (row.gap or 0):
                    values |= {"whole": 0.0, "due": max(now, (row.whole or 0.0) + _HOUR)}
                news_store.change_video(tenant, self._account, video, **values)
        self._to(_Walk(listed=True))

    def _unknown(self, video: str) -> None:
        """TikTok doesn't know the video. One answer may be wrong: after a second one, its
        conversations go with it."""
        now = self._stretch.now
        with self._stretch.write() as tenant:
            row = news_store.videos(tenant, self._account, [video]).get(video)
            once = row is not None and row.missing is None
            if once:
                values = {"missing": now, "due": now + _SOONEST}
                news_store.change_video(tenant, self._account, video, **values)
        if once:
            self._to(_Walk(listed=True))
            return
        while True:
            at = self._stretch.now
            with self._stretch.write() as tenant:
                ids = store.of_video(tenant, self._account, video, at + 1.0, _GONE_AT_ONCE)
                self._comments.gone(tenant, self._account, ids, at)
            if not ids:
                break
        self._without(video)

    def _without(self, video: str) -> None:
        """The video isn't read any more."""
        with self._stretch.write() as tenant:
            news_store.change_video(tenant, self._account, video, due=None)
        self._to(_Walk(listed=True))


def _of_age(bands: tuple[Cadence, ...], age: float) -> Cadence:
    return next(band for band in bands if band.age is None or age < band.age)


def _seconds(stamp: str | None, now: float) -> float:
    return float(stamp) if stamp and stamp.isdigit() else now


def _run(stretch: SyncRun) -> Next:
    return _Run(stretch, stretch.comments).run()


COMMENTS = SyncType(
    name="comments",
    subject=CredentialKind.ACCOUNT,
    scopes=_SCOPES,
    what="The comments on the account's videos, with their replies: all of them once, then new and "
    "changed ones",
    operations=(
        business_accounts.BUSINESS_VIDEO_LIST.id,
        business_comments.COMMENT_LIST.id,
        business_comments.COMMENT_REPLY_LIST.id,
    ),
    page=MAX_COMMENTS,
    cadence=_CADENCE,
    run=_run,
)
