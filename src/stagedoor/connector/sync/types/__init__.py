"""The registry of the types of synchronisation."""

from __future__ import annotations

from collections.abc import Mapping

from ..sync_run import SyncType
from . import ads_metrics, ads_status, comments, metrics, profile, videos

TYPES: Mapping[str, SyncType] = {
    one.name: one
    for one in (
        profile.PROFILE,
        videos.VIDEOS,
        metrics.METRICS,
        comments.COMMENTS,
        ads_metrics.ADS_METRICS,
        ads_status.ADS_STATUS,
    )
}
"""The types by their names."""
