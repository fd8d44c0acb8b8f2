"""An app's callback URLs for events of accounts are repaired, whatever was made of them."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.products.business_accounts import WebhookEventType
from tests.connector.conftest import Service
from tests.connector.webhooks.test_ads_news import repair
from tests.support.business_connecting import connect_business
from tests.support.local import Local
from tests.support.webhooks import PATH

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SET = "business.webhook_update"
KINDS = (WebhookEventType.VIDEO, WebhookEventType.COMMENT)


@pytest.fixture
def app(service_without_worker: Service) -> Any:
    """The app's own calls, after an account was connected."""
    connect_business(service_without_worker, "businessAccount")
    return service_without_worker.services.business.for_app("acme").accounts


def addresses(app: Any) -> list[str | None]:
    return [app.webhook(event_type=kind).callback_url for kind in KINDS]


def test_another_address_and_a_choice_of_posts_are_replaced(
    service_without_worker: Service, local: Local, app: Any
) -> None:
    service = service_without_worker
    repair(service)
    ours = f"{service.url}{PATH}"
    assert addresses(app) == [ours, ours]
    app.set_webhook(event_type="VIDEO", callback_url="https://old.example.com/hook")
    # TikTok would tell of comments on this post alone
    app.set_webhook(event_type="COMMENT", callback_url=ours, item_list=("7500000000000000001",))
    repair(service)
    assert addresses(app) == [ours, ours]
    assert app.webhook(event_type="COMMENT").item_list is None
    sets = len(local.calls(SET))
    repair(service)
    assert len(local.calls(SET)) == sets


def test_a_refusal_of_one_kind_leaves_the_others(
    service_without_worker: Service, local: Local, app: Any
) -> None:
    local.fault(SET, "status", status=400, code="40002")
    repair(service_without_worker)
    assert addresses(app) == [None, f"{service_without_worker.url}{PATH}"]
