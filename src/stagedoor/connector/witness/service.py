"""Keeps the witness up to date, and pauses publishing where the database is behind it.

A restored backup doesn't contain the posts that were published since it was made, and would publish
them again. So each process compares the database with the witness at its start and while it runs.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlalchemy import Connection, select

from ..clock import Clock
from ..database import Database, TenantConnection, any_row
from ..errors import ApiError, ServiceUnavailable
from ..event_types import EventType
from ..installation import store
from ..media.service import MediaService
from ..notices.service import Notices
from ..pauses.service import Pauses, Reason
from ..process_identity import is_gone
from ..publishing.holding import Holding, organisations_waiting
from ..publishing.models import posts
from ..schedule.models import workers
from ..settings import Settings, SettingsError
from ..tenants.models import organisations
from .effects import EffectCounter
from .record import DamagedWitness, Head, WitnessRecord, behind, merged, unwitnessed
from .stores import FolderWitnessStore, MediaWitnessStore, WitnessStore

LOOK_SECONDS = 2.0
_PAUSE_SECONDS = 0.5
_LAST_SECONDS = 5.0
NOTICE = EventType.SERVICE_RESTORED

logger = logging.getLogger("stagedoor.witness")


@dataclass
class _Seen:
    """The merged contents of all stores. `names` are the texts in each store, by its name."""

    record: WitnessRecord | None = None
    sure: bool = False
    """Whether a store that isn't restored with the database holds one."""
    names: dict[str, dict[str, WitnessRecord]] = field(default_factory=dict)
    damaged: dict[str, list[str]] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    """Places that couldn't be read."""


@dataclass(frozen=True, slots=True)
class _State:
    """The present state of the database."""

    record: WitnessRecord
    begins: bool
    used: bool
    """Whether the database has posts."""


class _Overtaken(Exception):
    """Another process has paused the service meanwhile."""


@dataclass
class WitnessHooks:
    """Hooks of a higher layer. `heads` returns the head of each organisation's audit chain.
    `restored` are called, in the transaction that pauses the service, with the reasons."""

    heads: Callable[[Connection], Mapping[str, Head]] | None = None
    restored: list[Callable[[Connection, str], object]] = field(default_factory=list)


class Witness:
    """The witness of one process. It is read before the database, which only grows: so the database
    is never behind just because time passed in between."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        clock: Clock,
        media: MediaService,
        notices: Notices,
        pauses: Pauses,
        holding: Holding,
        effects: EffectCounter,
        hooks: WitnessHooks,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._media = media
        self._notices = notices
        self._pauses = pauses
        self._holding = holding
        self._hooks = hooks
        self._again: dict[str, float] = {}
        """The earliest time of the next write, by store."""
        self._changed = effects.changed
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    # lifecycle

    def start(self) -> None:
        """Compare before anything is published, and go on in a thread. Raises `SettingsError` where
        it can't be decided whether the database was restored."""
        try:
            self.look(at_start=True)
        except ServiceUnavailable as error:
            raise SettingsError(error.message) from error
        pause = self._pauses.whole()
        if pause.paused:
            logger.warning("publishing is paused", extra={"reason": pause.reason, "why": pause.why})
        self._thread = threading.Thread(target=self._loop, name="stagedoor witness", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write the last state at shutdown; waits at most `_LAST_SECONDS` for a store that doesn't
        answer."""
        self._stopping.set()
        self._changed.set()
        if self._thread is not None:
            self._thread.join(_LAST_SECONDS)
            self._thread = None

    def _loop(self) -> None:
        last = False
        while not last:
            self._changed.wait(LOOK_SECONDS)
            self._changed.clear()
            # the counting transaction isn't committed yet; one witness covers several effects
            last = self._stopping.wait(_PAUSE_SECONDS)
            self._try(last)

    def _try(self, last: bool) -> None:
        try:
            self.look(last=last)
        except ApiError as error:
            logger.warning("the witness isn't up to date: %s", error.message)
        except Exception:
            logger.exception("the witness isn't up to date")

    # comparing

    def look(self, *, at_start: bool = False, last: bool = False) -> list[str]:
        """Compare, pause publishing where the database is behind, and write the witness. Returns
        the reasons for the pause."""
        seen = self._read()
        state = self._state()
        reasons = self._restored(seen, state, at_start)
        # a new witness proves nothing about earlier times: a person has to accept it
        unseen = (
            at_start
            and seen.record is None
            and not state.begins
            and any(head[0] for head in state.record.heads.values())
            and not self._at_work_elsewhere()
        )
        if reasons:
            state = self._hold(seen, state, "; ".join(reasons))
        record = state.record
        if unseen:
            record = replace(record, former=unwitnessed(record.heads))
        if seen.record is not None:
            record = merged(seen.record, record)
        self._write(seen, record, at_once=at_start or last)
        if state.begins:
            with self._database.begin() as connection:
                store.change(connection, begins=False)
        return reasons

    def kept(self, org: str) -> list[Head]:
        """The heads of the organisation's audit chain in the witness; [] where there are none."""
        record = self._read().record
        if record is None:
            return []
        head = record.heads.get(org)
        return [*record.former.get(org, ()), *([] if head is None else [head])]

    def former(self, org: str) -> list[Head]:
        """Heads from before a restore: each is of an entry that the organisation's audit lost or
        still has."""
        record = self._read().record
        return [] if record is None else list(record.former.get(org, ()))

    def give_up(self, org: str) -> None:
        """Delete the heads from before a restore, after a person has accepted that the
        organisation's audit lost entries."""
        seen = self._read()
        if seen.record is None:
            return
        left = {other: heads for other, heads in seen.record.former.items() if other != org}
        self._write(seen, replace(seen.record, former=left), at_once=True)

    def _read(self) -> _Seen:
        seen = _Seen()
        for each in self._stores:
            try:
                texts = each.read()
            except ServiceUnavailable as error:
                logger.warning("%s", error.message)
                seen.silent.append(each.name)
                continue
            names = seen.names.setdefault(each.name, {})
            for name, text in texts.items():
                try:
                    record = WitnessRecord.read(text)
                    if record.identity != self._identity:
                        raise DamagedWitness
                except DamagedWitness:
                    seen.damaged.setdefault(each.name, []).append(name)
                    continue
                names[name] = record
                seen.record = record if seen.record is None else merged(seen.record, record)
                seen.sure = seen.sure or each.sure
        return seen

    def _state(self) -> _State:
        system, timeline = store.system(self._database)
        with self._database.read() as connection:
            row = store.row(connection)
            heads = {} if self._hooks.heads is None else dict(self._hooks.heads(connection))
            used = row.effects > 0 or any_row(connection, posts)
        record = WitnessRecord(
            identity=row.identity,
            generation=row.generation,
            effects=row.effects,
            system=system,
            timeline=timeline,
            heads=heads,
        )
        return _State(record, row.begins, used)

    def _restored(self, seen: _Seen, state: _State, at_start: bool) -> list[str]:
        found = [
            f"the witness {each}/{name} is damaged"
            for each, names in seen.damaged.items()
            for name in names
        ]
        if seen.record is not None:
            known = state.record
            if self._hooks.heads is None:
                # a process without the layer that has audits doesn't know their heads
                known = replace(known, heads=seen.record.heads)
            found += behind(known, seen.record)
        if not found and at_start and not seen.sure and state.used and not state.begins:
            if seen.silent:
                raise SettingsError(
                    f"The witness in {', '.join(seen.silent)} can't be read, and there is no other "
                    "one: nobody can tell whether the database was restored. Start again when it "
                    "answers."
                )
            if not self._at_work_elsewhere():
                homes = ", ".join(each.name for each in self._stores if each.sure)
                found.append(f"it has posts, and there is no witness of it in {homes}")
        return found

    def _at_work_elsewhere(self) -> bool:
        """Whether another process is working with this database now: then the database isn't a
        restored backup."""
        with self._database.read() as connection:
            alive = connection.execute(select(workers).where(workers.c.alive_until > time.time()))
            return any(not is_gone(row.host, row.pid, row.process_started) for row in alive)

    # pausing

    def _hold(self, seen: _Seen, state: _State, why: str) -> _State:
        """Pause the whole service and mark the posts that may have been published, in one
        transaction."""
        known = state.record
        witnessed = seen.record or known
        generation = max(known.generation, witnessed.generation) + 1
        effects = max(known.effects, witnessed.effects)
        try:
            with self._database.begin() as connection:
                asked = self._pause(connection, known, generation, effects, why)
        except _Overtaken:
            return self._state()
        logger.error(
            "the database counts as restored, so publishing is paused",
            extra={"why": why, "posts_asked_about": sum(asked.values())},
        )
        return replace(
            state, record=replace(known, generation=generation, effects=effects), begins=False
        )

    def _pause(
        self, connection: Connection, known: WitnessRecord, generation: int, effects: int, why: str
    ) -> dict[str, int]:
        """The number of posts marked as unknown, by organisation."""
        asked = {
            org: self._holding.ask_about(TenantConnection(connection, org), why)
            for org in organisations_waiting(connection)
        }
        for listener in self._hooks.restored:
            listener(connection, why)
        # last, because a run that begins an init locks its post before this row
        if not store.next_generation(
            connection,
            known.generation,
            generation=generation,
            effects=effects,
            begins=False,
            paused=True,
            paused_at=self._clock.now(),
            paused_reason=Reason.RESTORED.value,
            paused_why=why,
        ):
            raise _Overtaken
        for org in connection.scalars(select(organisations.c.id)).all():
            self._notices.tell(
                TenantConnection(connection, org), NOTICE, "database", _told(why, asked.get(org, 0))
            )
        return asked

    # writing

    def _write(self, seen: _Seen, record: WitnessRecord, at_once: bool) -> None:
        """Raises `ServiceUnavailable` where no store that counts as evidence has the record."""
        failed, sure = [], False
        for each in self._stores:
            if each.name in seen.silent:
                continue
            try:
                self._write_one(each, seen, record, at_once)
                sure = sure or each.sure
            except ApiError as error:
                failed.append(error.message)
        if failed and not sure:
            raise ServiceUnavailable(" ".join(failed))
        for message in failed:
            logger.warning("%s", message)

    def _write_one(
        self, target: WitnessStore, seen: _Seen, record: WitnessRecord, at_once: bool
    ) -> None:
        names = seen.names.get(target.name, {})
        obsolete = [*names, *seen.damaged.get(target.name, ())]
        if list(names.values()) == [record] and len(obsolete) == 1:
            return
        if not at_once and time.monotonic() < self._again.get(target.name, 0.0):
            self._changed.set()
            return
        target.write(record.text())
        self._again[target.name] = time.monotonic() + target.seconds
        target.drop(obsolete)

    @cached_property
    def _identity(self) -> str:
        with self._database.read() as connection:
            return str(store.row(connection).identity)

    @cached_property
    def _stores(self) -> Sequence[WitnessStore]:
        settings, identity = self._settings, self._identity
        stores: list[WitnessStore] = [FolderWitnessStore(settings.home, identity)]
        if settings.media_url is not None:
            stores.append(MediaWitnessStore(self._media.storage, identity))
        else:
            # a backup of the data directory contains SQLite's database and this folder alike
            media = settings.data / "media"
            stores.append(FolderWitnessStore(media, identity, sure=not settings.embedded))
        return stores


def _told(why: str, posts_asked_about: int) -> str:
    waits = (
        f"{posts_asked_about} posts that were due may have gone out already: see which ones are "
        "unknown, and settle each. "
        if posts_asked_about
        else ""
    )
    return (
        f"The service's database was restored from an earlier state ({why}), so publishing is "
        f"paused. {waits}Look at what was made since the backup, then POST /api/resume."
    )
