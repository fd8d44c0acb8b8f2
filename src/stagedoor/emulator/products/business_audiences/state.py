"""Custom audiences, uploaded files, streamed people, uses and history, with their indices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, Literal

from stagedoor.platform.records import record

from ...world.collection import Entity, EntityCollection, Index, Total

Change = Literal["APPEND", "REMOVE", "REPLACE"]
Source = Literal["file", "lookalike", "rule", "stream"]


@record
class AudienceFile(Entity):
    """An uploaded file. A row is the identifiers of one person, joined by commas."""

    id: str
    advertiser_id: str
    calculate_type: str
    rows: tuple[str, ...]
    broken: int
    """Rows that hold no hash of the file's kind."""
    expires: float


@record
class AudiencePlan:
    """The change that the running matching will make. It is replaced as a whole, never changed."""

    action: Change = "REPLACE"
    files: tuple[str, ...] = ()


@record
class Audience(Entity):
    """A custom audience. `fields` are the settings that nothing but the answers reads."""

    id: str
    advertiser_id: str
    name: str
    source: Source
    kind: str
    """TikTok's text for the kind of audience."""
    created: float
    sub_type: str = "NORMAL"
    calculate_type: str | None = None
    retention_days: int | None = None
    used: float = 0.0
    """The last moment at which it was made, changed or applied."""
    plan: AudiencePlan | None = None
    """The matching under way; None: it has ended."""
    people: tuple[str, ...] = ()
    """The matched rows of files."""
    matched: int = 0
    """The people of the last matching, also if they are too few."""
    failed: str = ""
    shared_with: tuple[str, ...] = ()
    deleted: bool = False
    fields: dict[str, Any] = field(default_factory=dict)


@record
class HistoryRow(Entity):
    """A change of an audience."""

    id: str
    audience_id: str
    action: str
    detail: str
    message: str
    at: float


@record
class UseRow(Entity):
    """An ad group to which an audience was applied, or from which it was disconnected."""

    id: str
    audience_id: str
    adgroup_id: str
    usage_mode: str
    at: float


@record
class StreamedId(Entity):
    """An identifier in a streamed audience. `leads`: it is the first one of its person."""

    audience_id: str
    value: str
    leads: bool


def _usable(advertiser_id: str, shared_with: tuple[str, ...], deleted: bool) -> Iterable[str]:
    return () if deleted else (advertiser_id, *shared_with)


def _own(advertiser_id: str, deleted: bool) -> Iterable[str]:
    return () if deleted else (advertiser_id,)


def _newest(id: str) -> int:
    return -int(id)


AUDIENCE_FILES = EntityCollection("audience_files", AudienceFile)
AUDIENCES = EntityCollection("audiences", Audience)
AUDIENCE_HISTORY = EntityCollection("audience_history", HistoryRow)
AUDIENCE_USES = EntityCollection("audience_uses", UseRow)
STREAMED_IDS = EntityCollection("streamed_ids", StreamedId, key=("audience_id", "value"))

USABLE_BY = Index[Audience](
    on=("advertiser_id", "shared_with", "deleted"), keys=_usable, by=("id",), order=_newest
)
"""By ad account: the audiences that it may use, its own and those shared with it, newest first."""
OWNED_BY = Index[Audience](on=("advertiser_id", "deleted"), keys=_own)
HISTORY_OF = Index[HistoryRow](on=("audience_id",), by=("id",), order=_newest)
USES_OF = Index[UseRow](on=("audience_id",), by=("id",), order=_newest)
PEOPLE_STREAMED = Total[StreamedId](
    on=("audience_id", "leads"), amounts=lambda audience_id, leads: ((audience_id, int(leads)),)
)
IDS_STREAMED = Index[StreamedId](on=("audience_id",))
