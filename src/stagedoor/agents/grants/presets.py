"""Named grants that many agents need."""

from __future__ import annotations

from enum import StrEnum

from stagedoor.platform.operation import Resource

from .grant import Conditions, Grant, Level


class Preset(StrEnum):
    READER = "reader"
    """Reads profiles, videos and comments."""
    DRAFTER = "drafter"
    """Reads, and makes drafts."""
    PUBLISHER = "publisher"
    """Reads and publishes."""
    COMMUNITY_MANAGER = "community-manager"
    """Reads, and answers comments."""
    REPLIER = "replier"
    """Reads, and replies to comments: it hides, deletes and likes none, and begins none."""
    ADS_ANALYST = "ads-analyst"
    """Reads ads and their results."""
    ADS_MANAGER = "ads-manager"
    """Reads ads and their results; a person approves each change."""


def _read(*resources: Resource) -> tuple[Grant, ...]:
    return tuple(Grant(resource=resource, level=Level.READ) for resource in resources)


def _full(
    resource: Resource, conditions: Conditions | None = None, ask_first: bool = False
) -> Grant:
    return Grant(
        resource=resource,
        level=Level.FULL,
        conditions=conditions or Conditions(),
        ask_first=ask_first,
    )


_OWN = (Resource.PROFILE, Resource.VIDEOS)

PRESETS: dict[Preset, tuple[Grant, ...]] = {
    Preset.READER: _read(*_OWN, Resource.POSTING, Resource.COMMENTS),
    Preset.DRAFTER: (*_read(*_OWN), _full(Resource.POSTING, Conditions(drafts_only=True))),
    Preset.PUBLISHER: (*_read(*_OWN), _full(Resource.POSTING)),
    Preset.COMMUNITY_MANAGER: (*_read(*_OWN), _full(Resource.COMMENTS)),
    Preset.REPLIER: (
        *_read(*_OWN),
        Grant(
            resource=Resource.COMMENTS,
            level=Level.FULL,
            actions=("read-comments", "reply-to-comments"),
        ),
    ),
    Preset.ADS_ANALYST: _read(*_OWN, Resource.ADS, Resource.AUDIENCES, Resource.COMMERCIAL),
    Preset.ADS_MANAGER: (
        *_read(*_OWN, Resource.ADS, Resource.AUDIENCES, Resource.COMMERCIAL),
        _full(Resource.ADS, ask_first=True),
    ),
}
