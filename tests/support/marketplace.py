"""The creator marketplace from both sides, by plain HTTP: an advertiser and a creator."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_creators as creators
from tests.examples.business_creators import CAMPAIGN_ID, MARKETPLACE_ID

from .account_holder import AccountHolder
from .advertiser import Advertiser


class Marketplace(Advertiser):
    """An advertiser with a token; calls name the seeded marketplace account unless told."""

    def call(self, operation: Operation[..., Any], /, **values: Any) -> Any:
        return super().call(operation, **({"tto_tcm_account_id": MARKETPLACE_ID} | values))

    def campaign_with(self, *handles: str, **changed: Any) -> Any:
        """A new campaign to which these creators are invited."""
        values = {"campaign_name": "Spring", "brand_name": "Mara's Kitchen"}
        return self.ask(
            creators.TTO_CAMPAIGN_CREATE, **(values | {"handle_names": list(handles)} | changed)
        )

    def shown(self, campaign_id: str = CAMPAIGN_ID) -> Any:
        [found] = self.ask(creators.TTO_CAMPAIGN_GET, campaign_ids=[campaign_id])["campaigns"]
        return found

    def linked(self, **asked: Any) -> dict[str, str]:
        """The states of links by video."""
        found = self.ask(creators.TTO_CAMPAIGN_LINK_STATUS, **asked)["video_infos"]
        return {one["video_id"]: one["status"] for one in found}


class Talent(AccountHolder):
    """A creator whose account is connected; calls carry its token and its `creator_id`."""

    def call(self, operation: Operation[..., Any], /, **values: Any) -> dict[str, Any]:
        return super().call(operation, **({"creator_id": self.business_id} | values))
