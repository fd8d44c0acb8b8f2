"""The world: the tables of all collections, the clock, the settings, and recorded requests."""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable
from copy import deepcopy
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, overload

from stagedoor.platform.records import record

from .clock import WorldClock
from .collection import Declared, Entity, EntityCollection, EntityTable, IndexGroup, Value
from .entities import App, Creator, Developer, Video
from .faults import Fault
from .ids import Ids
from .settings import WorldSettings
from .state import APPS, BY_HANDLE, CREATORS, DEVELOPERS, PEOPLE, POSTS, VIDEOS, newest_first

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

_IMMUTABLE = (str, int, float, bytes, Decimal, type(None))
_MAX_CHOICES = 100
_SHARED: dict[str, EntityCollection[Any]] = {
    one.name: one for one in (DEVELOPERS, APPS, CREATORS, PEOPLE, VIDEOS)
}


@record
class RecordedRequest:
    """A recorded request, without token, body and upload secret."""

    at: float
    method: str
    path: str
    status: int
    operation: str | None
    client_key: str | None
    creator_id: str | None
    code: str
    log_id: str
    detail: str = ""
    """Why an upload's chunk was refused; TikTok doesn't say so itself."""


class ByName:
    """Access to a world's tables and values by name: `world.all.comments`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        for declared in self._world.declared():
            if declared.name == name:
                return self._world[declared]
        raise AttributeError(f"a world has no collection {name!r}")


class StateError(Exception):
    """A saved world can't be used; the message says why and what to do."""


class WorldFileError(Exception):
    """The content of a world file is wrong. `problems` are pairs of a path and a reason."""

    def __init__(self, message: str, problems: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class World:
    """The state of the emulator: `world[X]` is the table of a declared collection, or a value.

    The tables that all products share are also attributes: `apps`, `creators`, `people`, `videos`.
    `declared` returns all collections and values that the products declare.
    """

    developers: EntityTable[Developer]
    apps: EntityTable[App]
    creators: EntityTable[Creator]
    people: EntityTable[Creator]
    videos: EntityTable[Video]

    def __init__(self, seed: int = 1, declared: Callable[[], Iterable[Declared]] = tuple) -> None:
        self.seed = seed
        self.declared = declared
        self.clock = WorldClock()
        self.media = Path(tempfile.mkdtemp(prefix="stagedoor-emulator-"))
        self.settings = WorldSettings()
        self.ids = Ids(seed)
        self.requests: deque[RecordedRequest] = deque(maxlen=10_000)
        self.faults: list[Fault] = []
        self.all = ByName(self)
        self.allow_scripts = False
        """Whether submitted scripts may run here; not a part of the state."""
        self._kept: dict[Declared, Any] = {}
        self._pristine: World | None = None
        self.forget()

    def forget(self) -> None:
        """Drop all entities and values."""
        for kept in self._kept.values():
            if isinstance(kept, EntityTable):
                kept.release()
        self._kept.clear()
        self._pristine = None
        for name in _SHARED:
            self.__dict__.pop(name, None)

    def begin(self, pristine: World) -> None:
        """Drop all state and begin as `pristine`, a seeded world that is never changed.

        A collection is copied when it is first asked for. The clock runs in real time.
        """
        self.clear()
        self.seed, self.ids = pristine.seed, pristine.ids.copied()
        self._pristine = pristine
        timers = [(timer.due, timer.kind, timer.ref) for timer in pristine.clock.pending()]
        self.clock.restore(0.0, timers)

    def take_over(self, seeded: World) -> None:
        """As `begin`, but take the entities of `seeded`, which can't be used any more."""
        self.begin(seeded)
        self._pristine, self._kept, seeded._kept = None, seeded._kept, {}
        for kept in self._kept.values():
            if isinstance(kept, EntityTable):
                kept._world = self

    def __getattr__(self, name: str) -> Any:
        # the shared tables, when they are first asked for
        declared = _SHARED.get(name)
        if declared is None:
            raise AttributeError(f"a world has no attribute {name!r}")
        table = self.__dict__[name] = self[declared]
        return table

    @overload
    def __getitem__(self, declared: EntityCollection[E]) -> EntityTable[E]: ...
    @overload
    def __getitem__(self, declared: Value[T]) -> T: ...
    def __getitem__(self, declared: Declared) -> Any:
        try:
            return self._kept[declared]
        except KeyError:
            made = self._kept[declared] = self._made(declared)
            return made

    def _made(self, declared: Declared) -> Any:
        found = None if self._pristine is None else self._pristine._kept.get(declared)
        if isinstance(declared, Value):
            return declared.make() if found is None else deepcopy(found)
        table = EntityTable[Any](self, declared)
        return table if found is None else _copied(found, table)

    def __setitem__(self, declared: Value[T], value: T) -> None:
        self._kept[declared] = value

    def clear(self) -> None:
        """Drop all state and return to real time."""
        self.clock.reset()
        self.settings = WorldSettings()
        self.ids = Ids(self.seed)
        self.forget()
        self.requests.clear()
        self.faults.clear()
        for item in self.media.iterdir():
            item.unlink()

    def close(self) -> None:
        shutil.rmtree(self.media, ignore_errors=True)

    def now(self) -> float:
        return self.clock.now()

    def add_video(self, video: Video) -> Video:
        """Put a post on its creator's profile.

        A creator's posts have distinct milliseconds, since the cursor of lists is in milliseconds.
        """
        posts = self.videos_of(video.creator_id)
        while _crowded(posts, video):
            video.created += 0.001
        return self.videos.add(video)

    def videos_of(self, creator_id: str) -> IndexGroup[Video]:
        """All posts of a creator, newest first, also deleted and private ones."""
        return self.videos.by(POSTS, creator_id)

    def person(self, person_id: str) -> Creator | None:
        """The creator or member of the audience with this id."""
        return self.creators.get(person_id) or self.people.get(person_id)

    def named(self, username: str) -> Creator | None:
        """The creator or member of the audience with this handle, in any case."""
        wanted = username.removeprefix("@").casefold()
        for people in (self.creators, self.people):
            for person in people.by(BY_HANDLE, wanted):
                return person
        return None

    def creator_named(self, username: str) -> Creator | None:
        """The creator with exactly this handle."""
        for creator in self.creators.by(BY_HANDLE, username.casefold()):
            if creator.username == username:
                return creator
        return None

    def choices(self, first: Creator | None = None) -> list[Creator]:
        """The creators that a page offers as choices, including `first`."""
        offered = list(islice(self.creators.values(), _MAX_CHOICES))
        if first is not None and first not in offered:
            offered[:0] = [first]
        return offered

    def is_public(self, video: Video) -> bool:
        """Whether everybody can see the post; the one check for Display, oEmbed and all others."""
        return video.is_open and not self.creators[video.creator_id].private


def _millisecond(video: Video) -> int:
    return int(video.created * 1000)


def _crowded(posts: IndexGroup[Video], video: Video) -> bool:
    place = posts.start(newest_first(video.created, video.id))
    around = posts[max(0, place - 1) : place + 1]
    return any(_millisecond(post) == _millisecond(video) for post in around)


def _copied(table: Any, empty: Any) -> Any:
    """Fill an `empty` table of another world with copies of the entities of `table`, so that a
    seeded world can begin again without being seeded again."""
    empty._entities = {key: _duplicate(one, empty) for key, one in table._entities.items()}
    empty._numbers = table._numbers
    return empty


def _duplicate(entity: Any, table: Any) -> Any:
    """A copy of an entity that stands in `table`, with the number of the original."""
    made, put = object.__new__(type(entity)), object.__setattr__
    kind: Any = type(entity)
    for name in _field_names(kind):
        value = getattr(entity, name)
        put(made, name, value if isinstance(value, _IMMUTABLE) else deepcopy(value))
    put(made, "_number", entity._number)
    put(made, "_table", table)
    return made


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = tuple(kind.__dataclass_fields__)
    return names
