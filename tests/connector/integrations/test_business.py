"""Ad accounts and business accounts of TikTok API for Business, over the service's routes."""

from __future__ import annotations

import secrets
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import select, text, update

from stagedoor.cli.demo.consent import answer as consent_answer
from stagedoor.client.errors import ReconnectRequired
from stagedoor.connector.app_kinds import AppKind
from stagedoor.connector.apps.models import apps
from stagedoor.connector.container import Container
from stagedoor.connector.data_rules.schedule import REMOVAL
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.errors import Forbidden
from stagedoor.connector.integrations import ad_account_store
from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.connector.integrations.errors import (
    AccountNotAccessible,
    CredentialMissing,
    NoIntegration,
)
from stagedoor.connector.integrations.models import grants
from stagedoor.connector.schedule.models import due_rows
from stagedoor.platform.products.webhooks import RemovalReason
from tests.connector.conftest import Service
from tests.support.business_connecting import (
    ADVERTISER,
    OTHER_ADVERTISER,
    connect_business,
    credential_of,
    record_of,
)
from tests.support.connecting import (
    AUTH_URL,
    RETURN_URL,
    ask,
    come_back,
    connect,
    consent,
    outcome,
    pass_time,
)
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


def test_viewers_lists_ask_tiktok_once_in_a_minute(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    connect_business(service)

    def asked() -> int:
        assert len(service.api("GET", "/api/ads/accounts", role="viewer")["accounts"]) == 2
        return len(local.calls("business.advertiser_info"))

    assert [asked(), asked()] == [1, 1]
    pass_time(service, local, 60)
    assert asked() == 2
    connect_business(service)
    assert asked() == 3


def test_a_list_that_was_read_before_a_new_consent_is_not_recorded(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    made = connect_business(service)["integrationId"]
    before = service.services.integrations.get("acme", made)
    connect_business(service)
    with service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        fewer = before.ad_accounts[:1]
        ad_account_store.replace_all(tenant, made, fewer, 0.0)
    business = service.services.business
    assert business.read_ad_accounts(before) == fewer
    assert record_of(service, made)["adAccounts"] == [ADVERTISER]
    present = service.services.integrations.get("acme", made)
    assert len(business.read_ad_accounts(present)) == 2
    service.api("DELETE", f"/api/integrations/{made}")
    with pytest.raises((NoIntegration, ReconnectRequired)):
        business.read_ad_accounts(present)
    assert service.api("GET", "/api/ads/accounts") == {"accounts": []}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_reaches_an_ad_account_is_found_by_an_index(services: Container) -> None:
    query = "EXPLAIN QUERY PLAN SELECT DISTINCT org FROM ad_accounts WHERE account_id = '1'"
    with services.database.read() as connection:
        plan = " ".join(str(row) for row in connection.execute(text(query)).all())
    assert "SEARCH ad_accounts USING COVERING INDEX ix_ad_accounts_account_id_org" in plan


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
    holder = business.for_account("acme", held)
    with pytest.raises(Forbidden, match="business_id names"):
        holder.accounts.info(business_id="-000other")
    with pytest.raises(Forbidden, match="creator_id names"):
        holder.creators.own_info(creator_id="-000other")


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


def test_the_end_of_an_ads_credential_leaves_the_creators_synchronisation(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    made = connect(service)["integrationId"]
    connect_business(service, integrationId=made)
    record = service.services.integrations.get("acme", made)

    def waiting() -> list[int]:
        depths = {
            one["syncType"]: one["depth"] for one in service.api("GET", "/api/sync/status")["types"]
        }
        names = ("profile", "videos", "metrics", "comments", "ads-metrics", "ads-status")
        return [depths[name] for name in names]

    assert waiting() == [1, 1, 1, 0, 1, 1]
    without_ads, without_any = [1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]
    for kind, left in ((CredentialKind.ADS, without_ads), (CredentialKind.CREATOR, without_any)):
        ended = record.must_have(kind).grant.id
        assert service.services.integrations.removed(ended, RemovalReason.USER_DISCONNECTED)
        assert waiting() == left


def test_the_end_of_an_ads_credential_erases_nothing_of_an_expired_creator(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    made = connect(service)["integrationId"]
    connect_business(service, integrationId=made)
    record = service.services.integrations.get("acme", made)
    with service.services.database.begin() as connection:
        connection.execute(
            update(grants).where(grants.c.kind == "creator").values(status="expired")
        )

    def erasures() -> list[str]:
        with service.services.database.read() as connection:
            query = select(due_rows.c.ref).where(due_rows.c.kind == REMOVAL)
            return sorted(connection.scalars(query))

    ads, creator = f"acme/{made}/ads", f"acme/{made}/creator"
    for kind, left in ((CredentialKind.ADS, [ads]), (CredentialKind.CREATOR, [ads, creator])):
        ended = record.must_have(kind).grant.id
        assert service.services.integrations.removed(ended, RemovalReason.USER_DISCONNECTED)
        assert erasures() == left
    credentials = [
        one["detail"]["credential"] for one in service.api("GET", "/api/notices")["notices"]
    ]
    assert credentials == ["creator", "ads"]


def test_one_credential_ends_and_the_others_go_on(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect(service)["integrationId"]
    connect_business(service, integrationId=made)
    path = f"/api/integrations/{made}/credentials"
    assert service.send("DELETE", f"{path}/creator", role="member").status_code == 403
    assert service.send("DELETE", f"{path}/creator", org="other").status_code == 404
    assert service.send("DELETE", f"{path}/everything").status_code == 400
    none = service.send("DELETE", f"{path}/businessAccount")
    assert (none.status_code, none.json()["error"]["code"]) == (404, "not_found")

    grant = service.services.integrations.get("acme", made).must_have(CredentialKind.CREATOR).grant
    assert service.send("DELETE", f"{path}/creator").status_code == 204
    record = record_of(service, made)
    assert [one["kind"] for one in record["credentials"]] == ["ads"]
    assert (record["accountName"], record["status"]) == ("Mara Lindqvist", "active")
    depths = {
        one["syncType"]: one["depth"] for one in service.api("GET", "/api/sync/status")["types"]
    }
    assert {depths[name] for name in ("profile", "videos", "metrics", "comments")} == {0}
    assert {depths[name] for name in ("ads-metrics", "ads-status")} == {1}
    assert service.services.integrations.grant(grant.id).status == "revoked"
    assert len(local.calls("oauth.revoke")) == 1
    assert service.services.business.for_advertiser("acme", ADVERTISER).campaigns.list().list
    assert service.send("DELETE", f"{path}/creator").status_code == 404

    assert connect(service)["integrationId"] != made
    assert service.send("DELETE", f"{path}/ads").status_code == 204
    assert service.send("GET", f"/api/integrations/{made}").status_code == 404


def test_a_credential_that_another_organisation_uses_stays_at_tiktok(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    mine, theirs = (connect(service, org)["integrationId"] for org in ("acme", "other"))
    connect_business(service, integrationId=mine)
    path = f"/api/integrations/{mine}/credentials/creator"
    assert service.send("DELETE", path).status_code == 204
    assert local.calls("oauth.revoke") == []
    other = service.services.integrations.get("other", theirs)
    assert service.services.integrations.tiktok_for(other).user.info().user.open_id


def test_a_refresh_that_tiktok_refuses_expires_the_credential(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    creator = connect(service)["integrationId"]
    local.settings(refresh_token_seconds=60)
    assert connect_business(service, "businessAccount")["integrationId"] == creator
    pass_time(service, local, DAY)
    with pytest.raises(ReconnectRequired):
        service.services.business.for_account("acme", creator).accounts.info()
    record = record_of(service, creator)
    assert credential_of(record, "businessAccount")["status"] == "expired"
    assert credential_of(record, "businessAccount")["lastError"]["code"] == "40103"
    # the record's status is the worst of its credentials; the creator's own is as good as before
    assert record["status"] == "expired"
    assert credential_of(record, "creator")["status"] == "active"
    assert (
        service.services.integrations.tiktok_for(service.services.integrations.get("acme", creator))
        .user.info()
        .user.open_id
    )
    [notice] = service.api("GET", "/api/notices")["notices"]
    assert (notice["kind"], notice["subject"]) == ("integration.expired", creator)


def test_tiktok_hears_of_the_last_end_only(service_without_worker: Service, local: Local) -> None:
    service = service_without_worker
    mine = connect_business(service, "businessAccount")["integrationId"]
    yours = connect_business(service, "businessAccount", org="other")["integrationId"]
    service.api("DELETE", f"/api/integrations/{mine}")
    assert local.calls("business.tt_user_revoke") == []
    assert service.services.business.for_account("other", yours).accounts.info().display_name
    service.api("DELETE", f"/api/integrations/{yours}", org="other")
    assert len(local.calls("business.tt_user_revoke")) == 1
    # consents for ads are each organisation's own, so each ends by itself
    for org in ("acme", "other"):
        ads = connect_business(service, org=org)["integrationId"]
        assert service.send("GET", f"/api/integrations/{ads}", org="third").status_code == 404
    for record in service.api("GET", "/api/integrations")["integrations"]:
        service.api("DELETE", f"/api/integrations/{record['id']}")
    assert len(local.calls("business.oauth2_revoke_token")) == 1
    assert service.services.business.for_advertiser("other", ADVERTISER).campaigns.list().list


def test_a_token_of_ads_that_is_not_kept_is_revoked(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    local.fault("business.oauth2_advertiser_get", "status", status=500, code="50000", times=9)
    told = connect_business(service)
    assert told == {"integration": "error", "reason": "tiktok_unavailable"}
    assert len(local.calls("business.oauth2_revoke_token")) == 1


def test_an_app_without_its_secret_sends_the_browser_back(service_without_worker: Service) -> None:
    service = service_without_worker
    location = consent_answer(ask(service, kind="ads")["authUrl"])
    with service.services.database.begin() as connection:
        connection.execute(update(apps).where(apps.c.kind == "business").values(client_secret=""))
    told = outcome(come_back(service, location))
    assert told == {"integration": "error", "reason": "app_secret_lost"}


def test_scopes_that_are_left_out_of_the_settings_are_unknown_again(
    service_without_worker: Service,
) -> None:
    services = service_without_worker.services
    app = services.settings.business_app
    assert app is not None
    for scopes in (("video.list",), None):
        settings = replace(services.settings, business_app=replace(app, scopes=scopes))
        after = replace(services, settings=settings)
        assert after.apps.of_org("acme", AppKind.BUSINESS).scopes == scopes
        after.http.close()


def test_logins_of_another_kind_or_organisation_connect_nothing(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    creator = connect(service)["integrationId"]
    refused = service.send(
        "POST",
        AUTH_URL,
        {"returnUrl": RETURN_URL, "kind": "ads", "integrationId": creator},
        org="other",
    )
    assert refused.status_code == 404
    portal = consent_answer(ask(service, kind="ads")["authUrl"])
    code = dict(parse_qsl(urlsplit(portal).query))["auth_code"]
    wrong = [
        # the portal's code for a creator's login, and under the name that creators' codes have
        ("creator", {"auth_code": code}, "no_code"),
        ("creator", {"code": code}, "code_refused"),
        ("businessAccount", {"code": code}, "code_refused"),
    ]
    for kind, given, reason in wrong:
        state = ask(service, kind=kind)["state"]
        query = urlencode(given | {"state": state})
        came_back = service.http.get(f"/connect/oauth2callback/tiktok?{query}")
        assert outcome(came_back)["reason"] == reason
    forged = service.http.get(f"/connect/oauth2callback/tiktok?auth_code={code}&state=forged")
    assert forged.status_code == 400
    [record] = service.api("GET", "/api/integrations")["integrations"]
    assert [one["kind"] for one in record["credentials"]] == ["creator"]
    # none of that spent the code's own login
    assert outcome(service.http.get(portal))["integration"] == "connected"


def test_another_accounts_credential_is_not_put_on_the_record(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    creator = connect(service)["integrationId"]
    local.control("POST", "creators", {"username": "somebody"})
    asked = ask(service, kind="businessAccount", integrationId=creator)
    told = outcome(come_back(service, consent(asked["authUrl"], "somebody")))
    assert told == {"integration": "error", "reason": "another_account"}
    assert len(local.calls("business.tt_user_revoke")) == 1
    assert len(record_of(service, creator)["credentials"]) == 1


def test_credentials_outlive_a_new_vault_key(service_without_worker: Service) -> None:
    service = service_without_worker
    made = connect_business(service)["integrationId"]
    held = connect_business(service, "businessAccount")["integrationId"]
    services = service.services
    fresh = {"new": secrets.token_bytes(32)}
    both = replace(services, keys=replace(services.keys, vault=fresh | services.keys.vault))
    assert both.vault.rotate() > 0
    after = replace(services, keys=replace(services.keys, vault=fresh))
    try:
        assert after.business.for_advertiser("acme", ADVERTISER).campaigns.list().list
        assert after.business.for_account("acme", held).accounts.info().display_name
    finally:
        after.http.close()
    assert record_of(service, made)["status"] == "active"


def test_another_person_takes_the_place_of_one_whose_access_ended(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    creator = connect(service)["integrationId"]
    connect_business(service, integrationId=creator)
    with service.services.database.begin() as connection:
        # as if another person had given the present access
        other = {"open_id": "7200000000000000009/acme"}
        connection.execute(update(grants).where(grants.c.kind == "ads").values(**other))
    told = connect_business(service, integrationId=creator)
    assert told == {"integration": "error", "reason": "another_account"}
    assert len(local.calls("business.oauth2_revoke_token")) == 1
    with service.services.database.begin() as connection:
        ended = {"status": "revoked", "access_token": None}
        connection.execute(update(grants).where(grants.c.kind == "ads").values(**ended))
    assert connect_business(service, integrationId=creator)["integrationId"] == creator
    record = record_of(service, creator)
    assert [one["kind"] for one in record["credentials"]] == ["creator", "ads"]
    assert record["status"] == "active"


def test_an_account_without_a_creators_consent_takes_no_post(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    made = connect_business(service)["integrationId"]
    path = "/api/upstream/call/tiktok-provider/init-video-upload"
    body = {"title": "A clip", "privacyLevel": "SELF_ONLY", "integrationId": made}
    refused = service.send("POST", path, body)
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "credential_missing"
    # an account of a creator is the only one to post for, whatever else is connected
    assert service.send("POST", path, body | {"integrationId": None}).status_code == 409
    connect(service)
    del body["integrationId"]
    assert service.api("POST", path, body)["publishId"]


def test_a_new_ad_account_is_found_when_it_is_asked_for(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect_business(service)["integrationId"]
    integration = service.services.integrations.get("acme", made)
    with service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        ad_account_store.replace_all(tenant, made, integration.ad_accounts[:1], local.now() - 120)
    business = service.services.business
    assert business.for_advertiser("acme", OTHER_ADVERTISER).advertisers.list().list
    asked = len(local.calls("business.oauth2_advertiser_get"))
    with pytest.raises(AccountNotAccessible):
        business.for_advertiser("acme", "7100000000000000009")
    # the list was read just now, so TikTok isn't asked for each wrong id
    assert len(local.calls("business.oauth2_advertiser_get")) == asked


def test_an_organisation_brings_its_own_business_app(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = {"client_key": "7000000000000000077", "business": True}
    app = local.control("POST", "apps", made)
    path = "/api/apps/tiktok"
    body = {
        "kind": "business",
        "clientKey": app["client_key"],
        "clientSecret": app["client_secret"],
        "scopes": ["user.info.basic", "comment.list"],
    }
    local.fault("business.subscription_get", "status", status=400, code="40117", times=9)
    unproven = service.send("PUT", path, body)
    assert (unproven.status_code, "40117" in unproven.text) == (503, True)
    local.control("DELETE", "faults")
    refused = service.send("PUT", path, body | {"clientSecret": "wrong"})
    assert refused.json()["error"]["code"] == "app_refused"
    assert service.api("PUT", path, body)["kind"] == "business"
    assert service.api("GET", path, kind="business")["clientKey"] == app["client_key"]
    assert service.api("GET", path)["kind"] == "loginKit"
    other = service.api("GET", path, org="other", kind="business")
    assert (other["clientKey"], other["own"]) == ("7000000000000000001", False)
    asked = ask(service, kind="businessAccount")
    assert asked["requested"] == ["user.info.basic", "comment.list"]
    assert f"client_key={app['client_key']}" in asked["authUrl"]
    with pytest.raises(AssertionError, match="kind"):
        service.api("PUT", path, {k: v for k, v in body.items() if k not in ("kind", "scopes")})
