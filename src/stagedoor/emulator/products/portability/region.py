"""The regions in which people can get copies of their data."""

from __future__ import annotations

from stagedoor.platform.products.portability import REGIONS

from ...world import Creator


def gives_data(creator: Creator) -> bool:
    return creator.region in REGIONS
