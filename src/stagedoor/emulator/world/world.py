"""The world: all entities, found by what callers know of them."""

from __future__ import annotations

import bisect
import shutil
import tempfile
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .clock import Clock
from .community import Comment, Follow, Like, Playlist, Repost
from .entities import (
    AccessToken,
    Ad,
    Advertiser,
    App,
    AuthCode,
    Creator,
    Delivery,
    Developer,
    Export,
    Grant,
    Publish,
    QrLogin,
    RefreshToken,
    Share,
    Upload,
    Video,
)
from .faults import Fault
from .ids import Ids
from .personal import Favorite, Message, SearchTerm, SignIn, Watch
from .research import Search, Spent, Validation
from .settings import Settings
from .shop import Product, Review, Shop


@dataclass(slots=True)
class Seen:
    """One request as the emulator saw it: no token, no body, no upload secret."""

    at: float
    method: str
    path: str
    status: int
    operation: str | None
    client_key: str | None
    creator_id: str | None
    code: str
    log_id: str


@dataclass(slots=True)
class Entities:
    """Everything that a reset forgets and a state file keeps."""

    developers: dict[str, Developer] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    creators: dict[str, Creator] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    codes: dict[str, AuthCode] = field(default_factory=dict)
    qr_logins: dict[str, QrLogin] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    publishes: dict[str, Publish] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    advertisers: dict[str, Advertiser] = field(default_factory=dict)
    ads: dict[str, Ad] = field(default_factory=dict)
    live_domains: list[str] = field(default_factory=lambda: ["localhost", "127.0.0.1"])
    """Hosts of pages that may show a LIVE."""
    people: dict[str, Creator] = field(default_factory=dict)
    """Who watches, likes and follows; kept apart from creators, who connect apps."""
    comments: dict[str, Comment] = field(default_factory=dict)
    likes: dict[str, Like] = field(default_factory=dict)
    """By person and video."""
    reposts: dict[str, Repost] = field(default_factory=dict)
    """By person and video."""
    follows: dict[str, Follow] = field(default_factory=dict)
    """By who follows and who is followed."""
    playlists: dict[str, Playlist] = field(default_factory=dict)
    shops: dict[str, Shop] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    searches: dict[str, Search] = field(default_factory=dict)
    validations: dict[str, Validation] = field(default_factory=dict)
    spent: dict[str, Spent] = field(default_factory=dict)
    """By organisation, or app, and pool of a daily quota."""
    exports: dict[str, Export] = field(default_factory=dict)
    favorites: list[Favorite] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)
    search_terms: list[SearchTerm] = field(default_factory=list)
    sign_ins: list[SignIn] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)
    """Host name -> base address on loopback that media is really downloaded from."""
    next_failures: dict[str, str] = field(default_factory=dict)
    """Creator id, or "*" for anyone -> how the next post that reaches processing fails."""


class World:
    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.clock = Clock()
        self.media = Path(tempfile.mkdtemp(prefix="stagedoor-emulator-"))
        self.settings = Settings()
        self.ids = Ids(seed)
        self.all = Entities()
        self.requests: deque[Seen] = deque(maxlen=10_000)
        self.faults: list[Fault] = []
        self.rendered: dict[Hashable, dict[str, tuple[int, int, bytes]]] = {}
        """By view and video id: version, second and JSON of what Display gave out last."""
        self.receiving: dict[str, Any] = {}
        """By upload id: what only the run that receives its bytes knows of it."""
        self._videos_of: dict[str, list[Video]] = {}

    def clear(self) -> None:
        """Forget everything; time is real again."""
        self.clock.reset()
        self.settings = Settings()
        self.ids = Ids(self.seed)
        self.all = Entities()
        self.requests.clear()
        self.faults.clear()
        self.rendered.clear()
        self.receiving.clear()
        self._videos_of.clear()
        for item in self.media.iterdir():
            item.unlink()

    def close(self) -> None:
        shutil.rmtree(self.media, ignore_errors=True)

    def now(self) -> float:
        return self.clock.now()

    def add_video(self, video: Video) -> Video:
        """Put a post on its creator's profile.

        No two posts of a creator share a millisecond, since lists are paged by it.
        """
        posts = self._videos_of.setdefault(video.creator_id, [])
        while _crowded(posts, video):
            video.created += 0.001
        self.all.videos[video.id] = video
        bisect.insort(posts, video, key=_newest_first)
        return video

    def index(self) -> None:
        """Rebuild what is derived, after entities were loaded."""
        self.receiving.clear()
        self._videos_of.clear()
        for video in self.all.videos.values():
            self._videos_of.setdefault(video.creator_id, []).append(video)
        for posts in self._videos_of.values():
            posts.sort(key=_newest_first)

    def videos_of(self, creator_id: str) -> list[Video]:
        """All posts of a creator, newest first, also deleted and private ones."""
        return self._videos_of.get(creator_id, [])

    def person(self, person_id: str) -> Creator | None:
        """A creator, or somebody of the audience."""
        return self.all.creators.get(person_id) or self.all.people.get(person_id)

    def named(self, username: str) -> Creator | None:
        """A creator, or somebody of the audience, by handle."""
        wanted = username.removeprefix("@").casefold()
        for people in (self.all.creators, self.all.people):
            for person in people.values():
                if person.username.casefold() == wanted:
                    return person
        return None

    def is_public(self, video: Video) -> bool:
        """Whether everybody can see it: the one answer for Display, oEmbed and all others."""
        return video.is_open and not self.all.creators[video.creator_id].private


def _millisecond(video: Video) -> int:
    return int(video.created * 1000)


def _newest_first(video: Video) -> tuple[float, int]:
    return -video.created, -int(video.id)


def _crowded(posts: list[Video], video: Video) -> bool:
    place = bisect.bisect_left(posts, _newest_first(video), key=_newest_first)
    return any(
        _millisecond(post) == _millisecond(video) for post in posts[max(0, place - 1) : place + 1]
    )
