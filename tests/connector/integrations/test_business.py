"""Ad accounts and business accounts of TikTok API for Business, over the service's routes."""

from __future__ import annotations

import pytest

from stagedoor.client.errors import ReconnectRequired
from stagedoor.connector.errors import Forbidden
from stagedoor.connector.integrations.errors import (
    AccountNotAccessible,
    CredentialMissing,
    NoIntegration,
)
from tests.connector.conftest import Service
from tests.support.business_connecting import (
    ADVERTISER,
    OTHER_ADVERTISER,
    connect_business,
    credential_of,
    record_of,
)
from tests.support.connecting import ask, connect, pass_time
from tests.support.local import Local

DAY = 86_400


def test_ad_accounts_are_connected_and_recorded(service_without_worker: Service) -> None:
    service = service_without_worker
    asked = ask(service, kind="ads")
    assert (asked["requested"], asked["unavailable"]) == ([], [])
    told = connect_business(service)
    assert told["integration"] == "connected"
    record = record_of(service, told["integrationId"])
    assert record["accountName"] == "Mara Lindqvist"
    assert record["adAccounts"] == [ADVERTISER, OTHER_ADVERTISER]
    [credential] = record["credentials"]
    assert (credential["kind"], credential["status"]) == ("ads", "active")
    assert credential["expiresAt"] is None
    business = service.services.business.for_advertiser("acme", ADVERTISER)
    assert business.campaigns.list().list


def test_ad_accounts_are_listed_as_tiktok_describes_them(service_without_worker: Service) -> None:
    service = service_without_worker
    made = connect_business(service)["integrationId"]
    listed = service.api("GET", "/api/ads/accounts", role="viewer")["accounts"]
    assert [one["accountId"] for one in listed] == [ADVERTISER, OTHER_ADVERTISER]
    assert listed[1] == {
        "accountId": OTHER_ADVERTISER,
        "name": "Mara Cooks Europe",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "status": "STATUS_ENABLE",
        "balance": "250.5",
        "integrationId": made,
    }
    assert service.api("GET", "/api/ads/accounts", org="other") == {"accounts": []}


def test_a_business_account_stands_on_its_creators_record(service_without_worker: Service) -> None:
    service = service_without_worker
    creator = connect(service)["integrationId"]
    told = connect_business(service, "businessAccount")
    assert told["integrationId"] == creator
    record = record_of(service, creator)
    assert [one["kind"] for one in record["credentials"]] == ["creator", "businessAccount"]
    assert "comment.list" in credential_of(record, "businessAccount")["granted"]
    business = service.services.business.for_account("acme", creator)
    assert business.accounts.info(fields=("username",)).username == record["username"]


def test_an_ads_credential_is_added_to_the_named_record(service_without_worker: Service) -> None:
    service = service_without_worker
    creator = connect(service)["integrationId"]
    alone = connect_business(service)["integrationId"]
    assert alone != creator
    told = connect_business(service, integrationId=creator)
    assert told["integrationId"] == creator
    assert record_of(service, creator)["adAccounts"] == [ADVERTISER, OTHER_ADVERTISER]
    # the credential moved, so the record that it left is gone
    assert service.send("GET", f"/api/integrations/{alone}").status_code == 404


def test_an_account_holders_token_is_refreshed_once_a_day(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect_business(service, "businessAccount")["integrationId"]
    pass_time(service, local, DAY)
    for _ in range(2):
        business = service.services.business.for_account("acme", made)
        assert business.accounts.info().display_name
    assert len(local.calls("business.tt_user_refresh")) == 1


def test_what_an_organisation_cannot_reach_is_refused(service_without_worker: Service) -> None:
    service = service_without_worker
    made = connect_business(service)["integrationId"]
    held = connect_business(service, "businessAccount")["integrationId"]
    business = service.services.business
    for org, account in (("other", ADVERTISER), ("acme", "7100000000000000009")):
        with pytest.raises(AccountNotAccessible) as refused:
            business.for_advertiser(org, account)
        assert refused.value.http == 403
        assert refused.value.detail == {"accountId": account}
    with pytest.raises(NoIntegration):
        business.for_account("other", held)
    with pytest.raises(CredentialMissing, match="businessAccount"):
        business.for_account("acme", made)
    client = business.for_advertiser("acme", ADVERTISER)
    with pytest.raises(AccountNotAccessible):
        client.campaigns.list(advertiser_id="7100000000000000009")
    with pytest.raises(TypeError, match="not for"):
        client.accounts.info()


def test_scopes_of_another_organisations_consent_are_not_used(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    basic = ["user.info.basic"]
    narrow = connect_business(service, "businessAccount", org="narrow", scopes=basic)
    connect_business(service, "businessAccount", org="wide")
    client = service.services.business.for_account("narrow", narrow["integrationId"])
    with pytest.raises(Forbidden, match=r"video\.list"):
        client.accounts.list_posts()


def test_a_token_that_tiktok_refuses_ends_the_credential(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect_business(service)["integrationId"]
    integration = service.services.integrations.get("acme", made)
    # somebody ends the access without the service
    service.services.integrations.business_for(integration.grant).oauth.disconnect()
    business = service.services.business.for_advertiser("acme", ADVERTISER)
    with pytest.raises(Exception, match="revoked"):
        business.campaigns.list()
    credential = credential_of(record_of(service, made), "ads")
    assert credential["status"] == "revoked"
    assert credential["lastError"]["code"] == "40105"
    [notice] = service.api("GET", "/api/notices")["notices"]
    assert (notice["kind"], notice["subject"]) == ("integration.revoked", made)
    asked = len(local.calls("business.campaign_get"))
    with pytest.raises(ReconnectRequired):
        service.services.business.for_advertiser("acme", ADVERTISER).campaigns.list()
    assert len(local.calls("business.campaign_get")) == asked
    assert connect_business(service)["integrationId"] == made
    assert record_of(service, made)["status"] == "active"
    assert service.services.business.for_advertiser("acme", ADVERTISER).campaigns.list().list
