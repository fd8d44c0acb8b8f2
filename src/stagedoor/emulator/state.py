"""The world in a file, so that it outlives a run of the emulator.

Bytes of uploads aren't kept: an upload that was under way has to begin anew.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from .server import StateError as StateError
from .world import World
from .world.ids import Ids
from .world.settings import Settings
from .world.world import Entities

_VERSION = 1


@dataclass(slots=True)
class _Planned:
    due: float
    kind: str
    ref: str


@dataclass(slots=True)
class _State:
    version: int
    seed: int
    run: int
    ahead: float
    """Seconds that the world's clock was ahead of real time."""
    entities: Entities
    settings: Settings
    timers: list[_Planned] = field(default_factory=list)


def load(world: World, file: Path) -> None:
    """Put what `file` keeps into `world`; a file that isn't there yet changes nothing."""
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise StateError(f"The state file {file} can't be read: {error.strerror}.") from error
    try:
        state = TypeAdapter(_State).validate_json(text)
    except ValidationError as error:
        count = error.error_count()
        problems = "one problem" if count == 1 else f"{count} problems"
        raise StateError(
            f"{file} is no state file of the emulator, or is damaged ({problems}). "
            "Delete it to start anew."
        ) from error
    if state.version != _VERSION:
        raise StateError(f"{file} was written by another version. Delete it to start anew.")
    world.seed = state.seed
    world.ids = Ids(state.seed, state.run + 1)
    world.all = state.entities
    world.settings = state.settings
    world.index()
    planned = [(timer.due, timer.kind, timer.ref) for timer in state.timers]
    world.clock.restore(state.ahead, planned)


def save(world: World, file: Path) -> None:
    """Write the world; the file is whole at every moment, and its owner's alone."""
    state = _State(
        version=_VERSION,
        seed=world.seed,
        run=world.ids.run,
        ahead=world.clock.offset,
        entities=world.all,
        settings=world.settings,
        timers=[_Planned(timer.due, timer.kind, timer.ref) for timer in world.clock.pending()],
    )
    text = TypeAdapter(_State).dump_json(state)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
