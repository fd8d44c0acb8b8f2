"""TikTok's terms on data that was read from it: exports name them, and the docs cite them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DataTerms:
    """What may be done with the data of a product, in words."""

    words: str
    source: str
    """The fact that it is from."""


ACCOUNT_DATA = DataTerms(
    words=(
        "TikTok's developer terms limit what this data may be used for, and how long it may be "
        "kept once an account is disconnected."
    ),
    source="display.yaml data_use_note",
)
"""Profiles, videos and metrics of connected accounts."""
RESEARCH_DATA = DataTerms(
    words=(
        "TikTok's research terms: refresh stored data at least every 30 days, and delete what is "
        "not at TikTok any more."
    ),
    source="research.yaml data_scope.retention_rule",
)
RESEARCH_REFRESH_DAYS = 30
"""Data of the Research API that is older must be refreshed or deleted (research.yaml
data_scope.retention_rule, terms of 2026-01)."""
