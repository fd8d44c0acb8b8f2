"""Conversions of files to formats that posts take: a preview, and the work by a due row."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .. import leases
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, Conflict, ObjectNotFound
from ..schedule.store import wait
from . import store
from .conversion import ConversionPlan, plan_photo, plan_video
from .converter import Converter
from .errors import MediaGone
from .library import Library
from .prober import Bad, Good
from .ranges import WholeBody
from .service import MediaKind, MediaService, Medium

CONVERT = "media-conversion"
"""Kind of due row: convert a file."""
MAX_WAITING = 20
"""Conversions of an organisation that wait or run."""
_HELD_SECONDS = 4 * 3_600.0
_BUSY_SECONDS = 10.0
_ATTEMPTS = 3

logger = logging.getLogger("stagedoor.media")


class NoConversion(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such conversion; POST /api/media/<mediaId>/convert begins one."
        )


class NotConvertible(Conflict):
    """The file needs no conversion, or none helps; the message says why."""

    code = "not_convertible"


class ConversionState(StrEnum):
    WAITING = "waiting"
    """The conversion waits for its turn."""
    DONE = "done"
    """The new file is in the media library."""
    FAILED = "failed"
    """The file couldn't be converted; `problem` says why."""


@dataclass(frozen=True, slots=True)
class PreviewedConversion:
    """A file's facts, the problems that TikTok's rules for posts find, and the changes of a
    conversion."""

    medium: Medium
    facts: Mapping[str, Any]
    problems: tuple[str, ...]
    plan: ConversionPlan


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion; `target` is the new file of the library. Times in Unix seconds."""

    id: str
    org: str
    source: str
    target: str
    state: ConversionState
    problem: str | None
    attempts: int
    created: float
    ended: float | None
    held_by: str | None
    held_until: float | None

    @classmethod
    def of(cls, row: Any) -> Conversion:
        values = row._asdict()
        return cls(**values | {"state": ConversionState(row.state)})


class Conversions:
    """The conversions of all organisations. Thread-safe; `preview` and `run` block for long."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        media: MediaService,
        library: Library,
        converter: Converter,
    ) -> None:
        self._database = database
        self._clock = clock
        self._media = media
        self._library = library
        self._converter = converter
        self._one = threading.Semaphore()

    def close(self) -> None:
        self._converter.close()

    def preview(self, org: str, media_id: str) -> PreviewedConversion:
        """The changes that a conversion of an uploaded file would make. Raises `NoMedium`,
        `MediaGone`, `Busy`."""
        medium = self._medium(org, media_id)
        checked = self._media.probe(medium)
        if isinstance(checked, Good):
            return PreviewedConversion(medium, checked.facts, (), ConversionPlan(None))
        problems = checked.problems if isinstance(checked, Bad) else ("isn't here any more",)
        measured = self._converter.measure(medium)
        if not isinstance(measured, Good):
            obstacles = measured.problems if isinstance(measured, Bad) else problems
            return PreviewedConversion(
                medium, {}, problems, ConversionPlan(None, obstacles=obstacles)
            )
        plan = plan_photo if medium.kind is MediaKind.PHOTO else plan_video
        return PreviewedConversion(medium, measured.facts, problems, plan(measured.facts, problems))

    def begin(self, org: str, id: str, media_id: str, name: str) -> Conversion:
        """Begin a conversion; an `id` that exists is that conversion. Raises `NotConvertible`, and
        the errors of `preview`."""
        with self._database.read() as connection:
            known = store.find_conversion(TenantConnection(connection, org), id)
        if known is not None:
            return Conversion.of(known)
        preview = self.preview(org, media_id)
        if preview.plan.target is None:
            why = "; ".join(preview.plan.obstacles) or "posts take it as it is"
            raise NotConvertible(f"The file can't be converted: {why}.")
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if store.waiting_conversions(tenant) >= MAX_WAITING:
                raise Conflict(
                    f"{MAX_WAITING} conversions wait already: let some of them end first.",
                    retryable=True,
                )
            target = self._library.add_file(tenant, preview.medium.kind, name)
            store.add_conversion(
                tenant,
                id=id,
                source=media_id,
                target=target.id,
                state=ConversionState.WAITING.value,
                created=now,
            )
            wait(connection, CONVERT, f"{org}/{id}", now)
            return Conversion.of(store.find_conversion(tenant, id))

    def get(self, org: str, id: str) -> Conversion:
        """Raises `NoConversion`."""
        with self._database.read() as connection:
            found = store.find_conversion(TenantConnection(connection, org), id)
        if found is None:
            raise NoConversion
        return Conversion.of(found)

    def run(self, ref: str) -> None:
        """Convert, one file at a time in this process; `ref` is organisation/conversion. A run
        whose process dies begins anew."""
        if not self._one.acquire(blocking=False):
            with self._database.begin() as connection:
                wait(connection, CONVERT, ref, self._clock.now() + _BUSY_SECONDS)
            return
        try:
            org, _, id = ref.partition("/")
            held = self._take(org, id)
            if held is not None:
                self._run(held)
        finally:
            self._one.release()

    def _run(self, held: Conversion) -> None:
        problem: str | None = "The service failed on the way."
        again = False
        try:
            problem = self._convert(held)
        except ApiError as error:
            problem, again = error.message, error.retryable
        finally:
            self._end(held, problem, again and held.attempts < _ATTEMPTS)

    def _convert(self, held: Conversion) -> str | None:
        """Convert, and keep the result; returns the problem, if there is one."""
        preview = self.preview(held.org, held.source)
        if preview.plan.target is None:
            return "; ".join(preview.plan.obstacles) or "posts take the file as it is"
        with self._converter.converted(preview.medium, preview.plan) as (found, out):
            if not isinstance(found, Good):
                return "; ".join(found.problems) if isinstance(found, Bad) else "the file is gone"
            size = out.seek(0, 2)
            with self._media.room.reserve(held.org, size):
                key = self._media.storage.put_file(held.target, out)
        parts = ((key, size),)
        target = self._target(held)
        if target is None:
            self._media.storage.drop(key)
            return "the new file was deleted meanwhile"
        if target.complete:
            self._media.storage.drop(key)
            return None
        checked = self._media.probe(replace(target, parts=parts))
        if not isinstance(checked, Good):
            self._media.storage.drop(key)
            return "; ".join(checked.problems) if isinstance(checked, Bad) else "the result is gone"
        self._media.keep(target, WholeBody(size), key, size, True)
        return None

    def _target(self, held: Conversion) -> Medium | None:
        with self._database.read() as connection:
            return self._media.find(TenantConnection(connection, held.org), held.target)

    def _take(self, org: str, id: str) -> Conversion | None:
        """The conversion, held by this run; None: there is nothing to do."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = store.find_conversion(tenant, id, lock=True)
            if row is None or row.state != ConversionState.WAITING.value:
                return None
            if not leases.is_free(row):
                wait(connection, CONVERT, f"{org}/{id}", self._clock.now() + _BUSY_SECONDS)
                return None
            store.change_conversion(
                tenant, id, attempts=row.attempts + 1, **leases.hold(_HELD_SECONDS)
            )
            return Conversion.of(store.find_conversion(tenant, id))

    def _end(self, held: Conversion, problem: str | None, again: bool) -> None:
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            row = store.find_conversion(tenant, held.id, lock=True)
            if row is None or row.held_by != held.held_by:
                return
            store.change_conversion(tenant, held.id, problem=problem, **leases.RELEASED)
            if again:
                wait(connection, CONVERT, f"{held.org}/{held.id}", now + _BUSY_SECONDS)
                return
            state = ConversionState.DONE if problem is None else ConversionState.FAILED
            store.change_conversion(tenant, held.id, state=state.value, ended=now)
        if problem is not None:
            logger.info("a file couldn't be converted: %s", problem)
            self._media.discard(held.org, held.target)

    def _medium(self, org: str, media_id: str) -> Medium:
        with self._database.read() as connection:
            found = self._media.find(TenantConnection(connection, org), media_id)
        if found is None:
            raise ObjectNotFound("There is no such file: name a file of the library, or an upload.")
        if not found.complete:
            raise MediaGone("The file isn't here yet: upload all of it first.")
        return found
