"""Saves the world to a file and loads it, so that it outlives a run of the emulator.

Bytes of uploads aren't saved: an upload in progress has to begin again.

A file has a version. `_MIGRATIONS` converts the content of a version to that of the next one, so
a change of the saved content needs a new version and its migration.
"""

from __future__ import annotations

import json
import math
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import count
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError

from stagedoor.platform.bounds import short
from stagedoor.platform.collecting import without_collecting
from stagedoor.platform.reasons import reason_of

from . import registry
from .world import StateError as StateError
from .world import World
from .world.collection import Declared, EntityCollection
from .world.ids import Ids
from .world.settings import WorldSettings
from .world.state import APPS, CREATORS, DEVELOPERS, PEOPLE, VIDEOS

VERSION = 3

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_MOST_AHEAD = 200_000_000_000
"""Some 6,000 years: a clock that is further ahead leaves the calendar, which ends with 9999."""


@dataclass(slots=True)
class _Planned:
    due: FiniteFloat
    kind: str
    ref: str


@dataclass(slots=True)
class _State:
    """The contents of a state file besides the entities."""

    version: int
    seed: int
    run: int
    ahead: Annotated[FiniteFloat, Field(ge=-_MOST_AHEAD, le=_MOST_AHEAD)]
    """Seconds by which the world's clock was ahead of real time."""
    settings: WorldSettings
    timers: list[_Planned]


@without_collecting
def load(world: World, file: Path) -> None:
    """Load the contents of `file` into `world`; a missing file changes nothing."""
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise StateError(f"The state file {file} can't be read: {error.strerror}.") from error
    content = _content(file, text)
    entities = content.pop("entities", None)
    kept = {one.name: one for one in _kept()}
    try:
        state = TypeAdapter(_State).validate_python(content)
        found = TypeAdapter(dict[str, Any]).validate_python(entities)
        del entities
        names = set(found)
    except ValidationError as error:
        raise _damaged(file, _first(error)) from error
    loaded: dict[Declared, Any] = {}
    for name, one in kept.items():
        if name in names:
            try:
                # what is read is dropped at once: a large world isn't held twice
                loaded[one] = _type(one).validate_python(found.pop(name))
            except ValidationError as error:
                raise _damaged(file, _first(error, "entities", name)) from error
    for one, value in loaded.items():
        if _repeats(one, value):
            raise _damaged(file, f"entities.{one.name} has the same key twice")
    if unknown := names - kept.keys():
        raise StateError(
            f"{file} keeps what this Stagedoor doesn't know: {', '.join(sorted(unknown))}. "
            "Use the Stagedoor that wrote it, or delete the file to start anew."
        )
    _check_timers(file, world, state.timers)
    _check_references(file, loaded)
    world.seed = state.seed
    world.ids = Ids(state.seed, state.run + 1)
    world.settings = state.settings
    world.forget()
    for one, value in loaded.items():
        if isinstance(one, EntityCollection):
            world[one].extend(value)
        else:
            world[one] = value
    planned = [(timer.due, timer.kind, timer.ref) for timer in state.timers]
    world.clock.restore(state.ahead, planned)
    try:
        registry.seed(world, known=names)  # of products that the file doesn't know yet
    except LookupError as error:
        raise _incomplete(file, "what newer products build on", str(error)) from error


class StateFile:
    """The file in which one run keeps its world."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = _stamp(file)

    def load(self, world: World) -> None:
        """Load the file's contents into `world`; a missing file changes nothing."""
        load(world, self._file)

    def save(self, world: World) -> None:
        """Save the world. Raises `StateError` if it can't be written, and if another program wrote
        the file since it was loaded: the world is in a new file beside it then.
        """
        try:
            if _stamp(self._file) in (None, self._seen):
                save(world, self._file)
                return
            beside = self._beside()
            save(world, beside)
        except OSError as error:
            why = error.strerror or error
            raise StateError(f"The world can't be saved to {self._file}: {why}.") from error
        raise StateError(
            f"{self._file} was written by another program, such as a second emulator, while this "
            f"one ran. It stays as it is; this one's world is in {beside}."
        )

    def _beside(self) -> Path:
        places = (self._file.with_name(f"{self._file.name}.{number}") for number in count(2))
        return next(place for place in places if not place.exists())


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """A value that changes when a file is replaced or written; None without the file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def save(world: World, file: Path) -> None:
    """Save the world; the file is replaced atomically, and only its owner can read it."""
    state = _State(
        version=VERSION,
        seed=world.seed,
        run=world.ids.run,
        ahead=world.clock.offset,
        settings=world.settings,
        timers=[_Planned(timer.due, timer.kind, timer.ref) for timer in world.clock.pending()],
    )
    entities = {
        one.name: _type(one).dump_python(_value(world, one), mode="json") for one in _kept()
    }
    content = TypeAdapter(_State).dump_python(state, mode="json") | {"entities": entities}
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _kept() -> list[Declared]:
    return [one for one in registry.declared() if isinstance(one, EntityCollection) or one.saved]


def _type(declared: Declared) -> TypeAdapter[Any]:
    if isinstance(declared, EntityCollection):
        return TypeAdapter(list[declared.entity])  # type: ignore[name-defined]
    return TypeAdapter(declared.kind)


def _value(world: World, declared: Declared) -> Any:
    value = world[declared]
    return list(value.values()) if isinstance(declared, EntityCollection) else value


def _repeats(declared: Declared, entities: Any) -> bool:
    """Whether two entities have the same key."""
    if not isinstance(declared, EntityCollection) or not declared.key:
        return False
    keys = {tuple(getattr(one, name) for name in declared.key) for one in entities}
    return len(keys) < len(entities)


_SHARED = (DEVELOPERS, APPS, CREATORS, PEOPLE, VIDEOS)
"""Collections that every version kept."""
_PERSONS = ("creators", "people", "business_people")
_REFERENCES = {
    "developer_id": ("developers",),
    "client_key": ("apps",),
    "creator_id": ("creators",),
    "grant_id": ("grants",),
    "video_id": ("videos",),
    "person_id": _PERSONS,
    "author_id": _PERSONS,
    "follower_id": _PERSONS,
    "followed_id": _PERSONS,
    "shop_id": ("shops",),
    "product_id": ("products",),
}
"""Fields that name an entity by its key, with the collections that may have it. None of these
entities is ever removed from a world."""


def _check_references(file: Path, loaded: dict[Declared, Any]) -> None:
    """Refuse a file in which an entity refers to one that the file doesn't have."""
    for shared in _SHARED:
        if shared not in loaded:
            raise _incomplete(file, shared.name)
    tables = {
        one.name: (one, kept) for one, kept in loaded.items() if isinstance(one, EntityCollection)
    }
    keys = {
        name: {getattr(entity, one.key[0]) for entity in kept}
        for name, (one, kept) in tables.items()
        if len(one.key) == 1
    }
    for name, (one, kept) in tables.items():
        for field in {each.name for each in fields(one.entity)} & _REFERENCES.keys():
            if field in one.key and len(one.key) == 1:
                continue
            named = {getattr(entity, field) for entity in kept} - {None, ""}
            targets = _REFERENCES[field]
            if missing := named.difference(*(keys.get(target, ()) for target in targets)):
                what = f"{' or '.join(targets)}: {min(missing)!r}"
                raise _incomplete(file, what, f"a {field} of {name} names it")


def _check_timers(file: Path, world: World, timers: list[_Planned]) -> None:
    for kind in sorted({timer.kind for timer in timers}):
        try:
            known = kind in registry.timer_handlers(world, kind)
        except LookupError:
            known = False
        if not known:
            raise StateError(
                f"{file} keeps a timer that this Stagedoor doesn't know: {kind!r}. "
                "Use the Stagedoor that wrote it, or delete the file to start anew."
            )


def _incomplete(file: Path, missing: str, why: str = "") -> StateError:
    return StateError(
        f"{file} lacks entities of the emulator, {missing}{f' ({why})' if why else ''}. "
        "Restore it from a copy, or delete it to start anew."
    )


def _number(text: str) -> float:
    """A number that can be saved again: JSON has no infinity and no NaN."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no finite number")
    return number


def _content(file: Path, text: bytes) -> dict[str, Any]:
    """Parse the file's content and migrate it to this version."""
    try:
        plain = text.decode(json.detect_encoding(text))
        content = json.loads(plain, parse_float=_number, parse_constant=_number)
        if _SURROGATE.search(plain):
            # a lone one can be read from JSON, but not saved again
            json.dumps(content, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _damaged(file, f"{where}: {error.msg}") from error
    except UnicodeEncodeError as error:
        raise _damaged(file, "a text holds half of a surrogate pair") from error
    except UnicodeDecodeError as error:
        raise _damaged(file, f"it isn't UTF-8 (byte {error.start + 1})") from error
    except ValueError as error:
        raise _damaged(file, short(str(error))) from error
    except RecursionError as error:
        raise _damaged(file, "it is nested too deeply") from error
    version = content.get("version") if isinstance(content, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _damaged(file, "it has no version")
    if version > VERSION:
        raise StateError(
            f"{file} was written by a newer Stagedoor: its version is {version}, and this one "
            f"reads up to {VERSION}. Update Stagedoor, or delete the file to start anew."
        )
    migrated: dict[str, Any] = content
    try:
        for older in range(version, VERSION):
            migrated = _MIGRATIONS[older](migrated) | {"version": older + 1}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged(file, f"what version {version} had is missing") from error
    return migrated


def _first(error: ValidationError, *place: str) -> str:
    """The first problem by its path, without the value."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    path = ".".join(map(str, (*place, *first["loc"])))
    more = error.error_count() - 1
    others = f" (and {more:,} more)" if more else ""
    return f"{short(path)}: {reason_of(first['type'], first['msg'])}{others}"


def _damaged(file: Path, problem: str) -> StateError:
    return StateError(
        f"{file} is no state file of the emulator, or is damaged: {problem}. "
        "Delete it to start anew."
    )


def _from_1(content: dict[str, Any]) -> dict[str, Any]:
    """Version 1 saved entities by their keys, and a search with all of its ids."""
    entities = content["entities"]
    if not isinstance(entities, dict):
        raise TypeError("entities are kept by the names of their collections")
    entities = dict(entities)
    values = {one.name for one in _kept() if not isinstance(one, EntityCollection)}
    for name, kept in entities.items():
        if name not in values and isinstance(kept, dict):
            entities[name] = list(kept.values())
    for search in entities.get("searches", ()):
        search["finished"] = True
    return content | {"entities": entities, "timers": content.get("timers", [])}


def _from_2(content: dict[str, Any]) -> dict[str, Any]:
    """Version 2 kept whether an ad uses a post at the post's code, and not the post of an ad."""
    entities = content["entities"]
    for ad in entities.get("business_ads", ()):
        ad["post"] = ad.get("fields", {}).get("tiktok_item_id") or ""
    for code in entities.get("spark_authorizations", ()):
        code.pop("used", None)
    return content


_MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1, 2: _from_2}
"""Migrations by the version from which they start."""
