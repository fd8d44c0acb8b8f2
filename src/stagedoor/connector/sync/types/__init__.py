"""The registry of what can be synchronised."""

from __future__ import annotations

from collections.abc import Mapping

from ..stretch import SyncType
from . import comments, metrics, profile, videos

TYPES: Mapping[str, SyncType] = {
    one.name: one for one in (profile.PROFILE, videos.VIDEOS, metrics.METRICS, comments.COMMENTS)
}
"""The types by their names."""
