"""TikTok's terms on data that was read from it: exports name them, and the docs cite them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DataTerms:
    """The permitted uses of a product's data, in words."""

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
