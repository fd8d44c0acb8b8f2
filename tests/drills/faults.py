"""A TikTok on a bad day: each call of an operation goes well or wrong as the seed has it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.drills import flows
from tests.drills.flows import Flow, mark
from tests.drills.installation import Installation
from tests.drills.judge import Verdicts
from tests.support.local import Local

SHARE = 0.2
CALLS = 400
"""How many calls of each operation are planned for."""
_ANSWERS: tuple[Mapping[str, Any], ...] = (
    {"kind": "lost"},
    {"kind": "cut"},
    {"kind": "rate_limit"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
)
_UPLOADS: tuple[Mapping[str, Any], ...] = (
    {"kind": "lost"},
    {"kind": "cut", "after_bytes": 0},
    {"kind": "cut", "after_bytes": 70_000},
    {"kind": "cut", "after_bytes": 6_000_000},
    {"kind": "status", "status": 500},
)
OPERATIONS = {
    "posting.creator_info": _ANSWERS,
    "posting.video_init": _ANSWERS,
    "posting.inbox_video_init": _ANSWERS,
    "posting.content_init": _ANSWERS,
    "posting.status": _ANSWERS,
    "display.video_list": _ANSWERS,
    "media.upload_chunk": _UPLOADS,
}
FLOWS = (flows.VIDEO, flows.DRAFT, flows.PULLED, flows.PHOTOS, flows.PHOTOS_DRAFT)


def spoil(local: Local, chance: random.Random) -> int:
    """Plan what goes wrong; how many calls that would be."""
    planned = 0
    for operation, kinds in OPERATIONS.items():
        calls = [number for number in range(CALLS) if chance.random() < SHARE]
        for earlier, call in enumerate(calls):
            # a fault doesn't count the calls that an earlier one met
            local.fault(operation, skip=call - earlier, **chance.choice(kinds))
        planned += len(calls)
    return planned


@dataclass(frozen=True, slots=True)
class BadDay:
    """The observations of a drill."""

    verdicts: Verdicts
    faults: int
    """Calls that went wrong."""


def play(
    installation: Installation, seed: int, posts: int, kinds: Sequence[Flow] = FLOWS
) -> BadDay:
    """Mixed posts, all under way at once."""
    chance = random.Random(seed)
    planned = spoil(installation.local, chance)
    begun = []
    for number in range(posts):
        flow = kinds[number % len(kinds)]
        marked = mark(flow, number)
        begun.append((flow, marked, flow.begin(installation, marked, {})))
    for _, _, publish_id in begun:
        installation.until_over(publish_id)
    left = len(installation.local.control("GET", "faults")["faults"])
    installation.local.control("DELETE", "faults")
    publishes, verdicts = installation.settled(), Verdicts()
    for flow, marked, publish_id in begun:
        verdicts.judge(flow, marked, installation.post(publish_id), publishes)
    return BadDay(verdicts, planned - left)
