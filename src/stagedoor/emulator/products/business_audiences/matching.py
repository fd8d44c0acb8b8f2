"""Matching: it takes time on the clock, and finds the people of an audience, or too few."""

from __future__ import annotations

from collections.abc import Sequence

from stagedoor.platform.products.business_audiences import (
    MIN_MATCHED,
    MIN_SEED,
    LookalikeSize,
)

from ...world import World
from . import rules
from .state import (
    AUDIENCE_FILES,
    AUDIENCE_HISTORY,
    AUDIENCES,
    Audience,
    AudiencePlan,
    Change,
    HistoryRow,
)

MATCH = "audience.match"

TOO_SMALL = "The audience size is too small. At least 1000 people must be matched."
NO_ROWS = "The file could not be parsed: no row holds an identifier of this type."
NO_SOURCE = "The source audience is not available."
_FACTORS = {LookalikeSize.NARROW: 20, LookalikeSize.BALANCED: 60, LookalikeSize.BROAD: 120}
"""People of a lookalike audience for each of its source. TikTok's numbers aren't published."""


def begin(world: World, audience: Audience, plan: AudiencePlan) -> None:
    """Start the matching of an audience."""
    audience.plan = plan
    audience.used = world.now()
    due = world.now() + world.settings.audience_matching_seconds
    world.clock.at(due, MATCH, audience.id)


def end(world: World, audience: Audience) -> None:
    """End the matching that is under way."""
    plan, audience.plan = audience.plan, None
    if plan is None or audience.deleted:
        return
    if audience.source == "file":
        _end_file(world, audience, plan)
    elif audience.source == "lookalike":
        _end_lookalike(world, audience)
    elif audience.source == "rule":
        kind, spec = audience.fields["audience_type"], audience.fields["rule_spec"]
        _found(world, audience, rules.people(world, kind, spec))


def _found(world: World, audience: Audience, people: int) -> None:
    audience.matched = people
    audience.failed = "" if people >= MIN_MATCHED else TOO_SMALL
    record(world, audience, "match", "", audience.failed)


def _end_file(world: World, audience: Audience, plan: AudiencePlan) -> None:
    files = [one for one in map(world[AUDIENCE_FILES].get, plan.files) if one is not None]
    rows = [row for file in files for row in file.rows]
    broken = sum(file.broken for file in files)
    message = f"{broken} rows could not be parsed." if broken else ""
    former = audience.people
    people = combined(former, _matched(world, rows), plan.action)
    if former and len(people) < MIN_MATCHED:
        # a change that would leave too few people isn't made
        record(world, audience, plan.action, "", f"Failed: {TOO_SMALL}")
        return
    audience.people, audience.matched = people, len(people)
    if not rows and not former:
        audience.failed = NO_ROWS
    else:
        audience.failed = "" if len(people) >= MIN_MATCHED else TOO_SMALL
    record(world, audience, plan.action if former else "match", "", message)


def _end_lookalike(world: World, audience: Audience) -> None:
    spec = audience.fields["lookalike_spec"]
    source = world[AUDIENCES].get(spec["source_audience_id"])
    if source is None or source.deleted or source.matched < MIN_SEED or source.failed:
        audience.matched, audience.failed = 0, NO_SOURCE
        return
    factor = _FACTORS[LookalikeSize(spec["audience_size"])]
    _found(world, audience, source.matched * (factor + int(spec["include_source"])))


def _matched(world: World, rows: Sequence[str]) -> list[str]:
    """The rows of people whom TikTok knows: a share of them, always the same ones."""
    share = world.settings.audience_match_rate
    if share >= 1:
        return list(rows)
    return [row for row in rows if int(row[:8], 16) < share * 0x1_0000_0000]


def combined(people: Sequence[str], rows: Sequence[str], action: Change) -> tuple[str, ...]:
    """The people after a change. Two rows that share an identifier are the same person."""
    if action == "REMOVE":
        gone = {one for row in rows for one in row.split(",")}
        return tuple(row for row in people if gone.isdisjoint(row.split(",")))
    kept: list[str] = []
    seen: set[str] = set()
    for row in (*(people if action == "APPEND" else ()), *rows):
        ids = row.split(",")
        if seen.isdisjoint(ids):
            kept.append(row)
        seen.update(ids)
    return tuple(kept)


def record(world: World, audience: Audience, action: str, detail: str, message: str) -> None:
    """Add a row to the audience's history."""
    now = world.now()
    row = HistoryRow(world.ids.number(now), audience.id, action, detail, message, now)
    world[AUDIENCE_HISTORY].add(row)
