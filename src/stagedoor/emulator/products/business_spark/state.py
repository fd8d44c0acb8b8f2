"""Codes of posts that ad accounts redeemed."""

from __future__ import annotations

from stagedoor.platform.records import record

from ...world import World
from ...world.collection import Entity, EntityCollection, Index
from ..business_accounts.state import SPARK_AUTHORIZATIONS


@record
class Redemption(Entity):
    """A post whose code an ad account redeemed. It ends with the code."""

    advertiser_id: str
    item_id: str
    code: str
    at: float


REDEMPTIONS = EntityCollection("spark_redemptions", Redemption, key=("advertiser_id", "item_id"))
REDEMPTIONS_OF = Index[Redemption](on=("advertiser_id",), by=("at", "item_id"))


def is_valid(world: World, redeemed: Redemption, at: float | None = None) -> bool:
    """Whether the redeemed code is still the post's, and neither deleted nor over at a time
    (default: now)."""
    found = world[SPARK_AUTHORIZATIONS].get(redeemed.item_id)
    return (
        found is not None
        and found.code == redeemed.code
        and not found.deleted
        and found.end > (world.now() if at is None else at)
    )
