"""Lifetimes of what TikTok issues, durations of its processes, and a daily allowance; in seconds
unless a name says otherwise.

Each constant is also exported by its product (`oauth.ACCESS_TOKEN_SECONDS`).
"""

from __future__ import annotations

from typing import Final

ACCESS_TOKEN_SECONDS: Final = 86_400
REFRESH_TOKEN_SECONDS: Final = 31_536_000
CLIENT_TOKEN_SECONDS: Final = 7_200
CODE_SECONDS: Final = 600
"""Not published; projects say about ten minutes (low confidence)."""
QR_SECONDS: Final = 180
"""Not published (low confidence)."""

UPLOAD_URL_SECONDS: Final = 3_600
PULL_SECONDS: Final = 3_600

COVER_URL_SECONDS: Final = 21_600
NEW_VIDEO_SECONDS: Final = 48 * 3_600
"""Time until a new video appears in research (`research.yaml` data_scope.freshness)."""

VCE_TEST_RECORDS = 5_000
"""Records that an organisation gets in the test stage of the Virtual Compute Environment on a UTC
day (`research.yaml` vce)."""
