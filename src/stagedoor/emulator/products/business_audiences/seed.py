"""Audiences of the first ad account, one of each kind, with 1,200 people and a file of them."""

from __future__ import annotations

import hashlib
from functools import cache

from ...world import World
from ..business.seed import ADVERTISER_IDS
from .state import (
    AUDIENCE_FILES,
    AUDIENCE_HISTORY,
    AUDIENCES,
    STREAMED_IDS,
    Audience,
    AudienceFile,
    HistoryRow,
    StreamedId,
)

SUBSCRIBERS, LOOKALIKE = "7400000000000000001", "7400000000000000002"
VISITORS, STREAMED = "7400000000000000003", "7400000000000000004"
FILE = "5eed5eed5eed5eed"
PEOPLE = 1_200
_DAY = 86_400


@cache
def _subscribers() -> tuple[str, ...]:
    """Hashes of their addresses, the same in every world."""
    return tuple(
        hashlib.sha256(f"subscriber.{n}@example.com".encode()).hexdigest() for n in range(PEOPLE)
    )


def seed(world: World) -> None:
    owner, now = ADVERTISER_IDS[0], world.now()
    rows = _subscribers()
    kind = "EMAIL_SHA256"
    world[AUDIENCE_FILES].add(
        AudienceFile(FILE, owner, kind, rows, 0, now + world.settings.audience_file_seconds)
    )
    spec = {
        "source_audience_id": SUBSCRIBERS,
        "include_source": False,
        "mobile_os": "ALL",
        "placements": ["TikTok"],
        "location_ids": ["6252001"],
        "audience_size": "NARROW",
    }
    rule = {"event_source_ids": ["CSEEDPIXEL0000000001"], "retention_days": 30}
    visits = {"inclusion_rule_set": {"operator": "OR", "rules": [rule]}}
    made = now - 20 * _DAY
    for audience in (
        Audience(
            id=SUBSCRIBERS,
            advertiser_id=owner,
            name="Newsletter subscribers",
            source="file",
            kind="Customer File Audience",
            created=made,
            used=now,
            calculate_type=kind,
            people=rows,
            matched=PEOPLE,
        ),
        Audience(
            id=LOOKALIKE,
            advertiser_id=owner,
            name="Like the subscribers",
            source="lookalike",
            kind="Lookalike Audience",
            created=made,
            used=now,
            matched=PEOPLE * 20,
            fields={"lookalike_spec": spec},
        ),
        Audience(
            id=VISITORS,
            advertiser_id=owner,
            name="Visitors of the shop",
            source="rule",
            kind="Website Audience",
            created=made,
            used=now,
            matched=3_400,
            fields={"audience_type": "PIXEL", "rule_spec": visits, "is_auto_refresh": True},
        ),
        Audience(
            id=STREAMED,
            advertiser_id=owner,
            name="Members of the club",
            source="stream",
            kind="Partner",
            created=made,
            used=now,
        ),
    ):
        world[AUDIENCES].add(audience)
        row = HistoryRow(world.ids.number(made), audience.id, "create", "", "", made)
        world[AUDIENCE_HISTORY].add(row)
    world[STREAMED_IDS].add(StreamedId(STREAMED, rows[0], leads=True))
