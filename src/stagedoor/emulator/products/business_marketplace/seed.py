"""An order of the ready-made campaign with the first creator, and a request for the right to its
video. Their ids and the code are fixed."""

from __future__ import annotations

from stagedoor.platform.creators_vocabulary import VideoLinkStatus

from ...world import World
from ..business_creators.state import (
    CREATOR_CAMPAIGNS,
    INVITATIONS,
    INVITATIONS_TO,
    LINKS_OF_CAMPAIGN,
    VIDEO_LINKS,
)
from .state import (
    ORDER_CAMPAIGNS,
    ORDERS,
    SPARK_REQUESTS,
    Order,
    OrderCampaign,
    SparkRequest,
)

ORDER_ID = "7440000000000000001"
CODE = "AUTUMN26"
_VIDEOS = 4
_DAYS = 30


def seed(world: World) -> None:
    """Add an order of the first campaign of the first marketplace account."""
    found = next(iter(world[CREATOR_CAMPAIGNS].values()), None)
    if found is None:
        return
    invited = world[INVITATIONS].by(INVITATIONS_TO, found.id)
    if not invited:
        return
    brand = found.brand_name or found.name
    world[ORDER_CAMPAIGNS].add(OrderCampaign(CODE, found.id, found.account_id, brand, _VIDEOS))
    creator_id = invited[0].creator_id
    world[ORDERS].add(Order(ORDER_ID, CODE, found.id, found.account_id, creator_id))
    for link in world[VIDEO_LINKS].by(LINKS_OF_CAMPAIGN, found.id):
        if link.status is VideoLinkStatus.APPROVE:
            asked = SparkRequest(found.account_id, link.video_id, _DAYS, world.now())
            world[SPARK_REQUESTS].add(asked)
