"""Learns the currencies of ad accounts, in which conditions on money are judged."""

from __future__ import annotations

import logging

from stagedoor.client.errors import StagedoorError
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import ApiError
from stagedoor.connector.integrations.business import BusinessClients

from ..decisions import spending
from ..decisions.gate import DecisionGate
from ..decisions.request import DecisionRequest
from ..identity.service import AgentCaller
from .request import CallRequest

logger = logging.getLogger("stagedoor.agents")

_FIELDS = ("advertiser_id", "currency")


class Currencies:
    """Shared by all threads."""

    def __init__(self, database: Database, business: BusinessClients, gate: DecisionGate) -> None:
        self._database = database
        self._business = business
        self._gate = gate

    def learn(self, caller: AgentCaller, call: CallRequest) -> None:
        """Record the currency of the ad account that a call names, if the decision of the call
        depends on it and nobody knows it yet.

        TikTok is asked once for each ad account, and only for an agent that may make the call in
        the right currency. If TikTok gives no answer the currency stays unknown, and conditions on
        money deny the call.
        """
        org, ad_account = caller.org, spending.ad_account_of(call.arguments)
        if ad_account is None or self.known(org, ad_account) is not None:
            return
        asked = DecisionRequest(caller, call.operation.id, call.account, call.arguments)
        if not self._gate.needs_currency(asked):
            return
        try:
            client = self._business.for_ads(org, call.account or "")
            answer = client.advertisers.info(advertiser_ids=(ad_account,), fields=_FIELDS)
        except (StagedoorError, ApiError) as error:
            logger.warning("the currency of an ad account couldn't be read: %s", error)
            return
        found = next((one for one in answer.list if one.advertiser_id == ad_account), None)
        if found is not None and found.currency:
            with self._database.begin() as connection:
                tenant = TenantConnection(connection, org)
                spending.keep_currency(tenant, ad_account, str(found.currency))

    def known(self, org: str, ad_account: str | None) -> str | None:
        """Return the currency of an ad account; None if it isn't known."""
        if ad_account is None:
            return None
        with self._database.read() as connection:
            return spending.currency(TenantConnection(connection, org), ad_account)


def needed(call: CallRequest) -> bool:
    """Whether a decision of the call may depend on a currency."""
    return spending.sets_budget(call.operation)
