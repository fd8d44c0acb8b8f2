"""One TikTok account in two organisations, and the end of each use."""

from __future__ import annotations

import pytest

from stagedoor.client.errors import ReconnectRequired
from stagedoor.connector.apps import store as apps
from stagedoor.connector.apps.errors import SecretLost
from stagedoor.platform.products.webhooks import RemovalReason
from tests.connector.conftest import Service
from tests.support.connecting import connect, pass_time
from tests.support.local import Local


def records(service: Service, org: str) -> list[dict[str, object]]:
    return list(service.api("GET", "/api/integrations", org=org)["integrations"])


def test_two_organisations_share_one_grant(service_without_worker: Service) -> None:
    service = service_without_worker
    mine = connect(service, org="acme")["integrationId"]
    yours = connect(service, org="other")["integrationId"]
    assert mine != yours
    integrations = service.services.integrations
    grant = integrations.get("acme", mine).grant
    assert integrations.get("other", yours).grant.id == grant.id
    assert [holder.org for holder in integrations.holders(grant.id)] == ["acme", "other"]
    assert [one.id for one in integrations.grants_of(grant.app_id, grant.open_id)] == [grant.id]


def test_tiktok_hears_of_the_last_end_only(service_without_worker: Service, local: Local) -> None:
    service = service_without_worker
    mine = connect(service, org="acme")["integrationId"]
    yours = connect(service, org="other")["integrationId"]
    integration = service.services.integrations.get("other", yours)
    assert service.send("DELETE", f"/api/integrations/{mine}").status_code == 204
    assert service.send("GET", f"/api/integrations/{mine}").status_code == 404
    assert service.send("DELETE", f"/api/integrations/{mine}").status_code == 404
    assert local.calls("oauth.revoke") == []
    assert service.services.integrations.tiktok_for(integration).user.info().user.open_id
    assert service.send("DELETE", f"/api/integrations/{yours}", org="other").status_code == 204
    assert len(local.calls("oauth.revoke")) == 1
    assert not service.services.integrations.grant(integration.grant.id).status.usable
    with pytest.raises(ReconnectRequired):
        service.services.integrations.access_token(integration.grant.id)
    assert local.calls("oauth.token_refresh") == []


def test_an_account_comes_back_after_its_end(service_without_worker: Service) -> None:
    service = service_without_worker
    first = connect(service)["integrationId"]
    service.api("DELETE", f"/api/integrations/{first}")
    again = connect(service)["integrationId"]
    [record] = records(service, "acme")
    assert (record["id"], record["status"]) == (again, "active")
    integration = service.services.integrations.get("acme", again)
    assert service.services.integrations.tiktok_for(integration).user.info().user.open_id


def test_an_expired_token_is_refreshed_to_revoke(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect(service)["integrationId"]
    pass_time(service, local, 90_000)
    service.api("DELETE", f"/api/integrations/{made}")
    assert len(local.calls("oauth.token_refresh")) == len(local.calls("oauth.revoke")) == 1


def test_what_one_organisation_was_not_allowed_another_ones_consent_does_not_give(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    narrow = connect(service, org="narrow", scopes=["user.info.basic"])["integrationId"]
    connect(service, org="wide")
    [credential] = service.api("GET", f"/api/integrations/{narrow}", org="narrow")["credentials"]
    assert credential["granted"] == ["user.info.basic"]
    assert service.services.integrations.get("narrow", narrow).granted == ("user.info.basic",)


def test_a_narrower_consent_is_told_to_who_loses(service_without_worker: Service) -> None:
    service = service_without_worker
    wide = connect(service, org="wide")["integrationId"]
    connect(service, org="narrow", scopes=["user.info.basic", "video.list"])
    [credential] = service.api("GET", f"/api/integrations/{wide}", org="wide")["credentials"]
    assert "video.publish" in credential["missing"]
    assert credential["granted"] == ["user.info.basic", "video.list"]
    [notice] = service.api("GET", "/api/notices", org="wide")["notices"]
    assert notice["kind"] == "integration.narrowed"
    assert notice["subject"] == wide
    assert "video.publish" in notice["detail"]["missing"]
    assert service.api("GET", "/api/notices", org="narrow")["notices"] == []


def test_a_removed_authorization_is_told_to_everybody(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    for org in ("acme", "other"):
        connect(service, org=org)
    integrations = service.services.integrations
    grant = integrations.page("acme").items[0].grant
    assert integrations.removed(grant.id, RemovalReason.USER_DISCONNECTED, local.now() + 1)
    assert not integrations.removed(grant.id, RemovalReason.USER_DISCONNECTED, local.now() + 1)
    for org in ("acme", "other"):
        [record] = records(service, org)
        assert record["status"] == "revoked"
        [notice] = service.api("GET", "/api/notices", org=org)["notices"]
        assert (notice["kind"], notice["subject"]) == ("integration.revoked", record["id"])
        assert "disconnected" in notice["message"]
    with pytest.raises(ReconnectRequired):
        service.services.integrations.tiktok_for(grant.id).user.info()


def test_a_late_removal_does_not_end_a_newer_consent(
    service_without_worker: Service, local: Local
) -> None:
    """TikTok's webhooks come up to three days late."""
    service = service_without_worker
    connect(service)
    removed_at = local.now()
    pass_time(service, local, 3600)
    connect(service)
    integrations = service.services.integrations
    grant = integrations.page("acme").items[0].grant
    assert not integrations.removed(grant.id, RemovalReason.USER_DISCONNECTED, removed_at)
    assert not integrations.removed(grant.id, 99, removed_at)
    assert integrations.removed(grant.id, 99, local.now())
    assert not integrations.removed("unknown", 1, local.now())


def test_tiktok_is_told_later_when_it_does_not_answer(service: Service, local: Local) -> None:
    made = connect(service)["integrationId"]
    local.fault("oauth.revoke", "status", status=500)
    assert service.send("DELETE", f"/api/integrations/{made}").status_code == 204
    assert records(service, "acme") == []
    assert len(local.calls("oauth.revoke")) == 1
    pass_time(service, local, 61)
    service.until(lambda: len(local.calls("oauth.revoke")) == 2, what="the second revoke")


def test_a_name_is_read_again_before_its_avatar_expires(service: Service, local: Local) -> None:
    made = connect(service)["integrationId"]
    before = service.api("GET", f"/api/integrations/{made}")["avatarUrl"]
    pass_time(service, local, 90_000)

    def renewed() -> bool:
        return bool(service.api("GET", f"/api/integrations/{made}")["avatarUrl"] != before)

    service.until(renewed, what="a new avatar link")


def test_an_accounts_client_goes_by_the_app_as_it_is_now(service_without_worker: Service) -> None:
    service = service_without_worker
    integrations, database = service.services.integrations, service.services.database
    account = connect(service)["integrationId"]
    app = service.services.apps.of_org("acme")
    _, before = integrations.acting("acme", account)
    assert before.user.info().user.open_id
    changed = service.services.vault.seal(app.id, "tiktok_apps", app.id, "client_secret", "another")
    with database.begin() as connection:
        apps.change(connection, app.id, client_secret=changed)
    _, after = integrations.acting("acme", account)
    assert after._session.app() == (app.client_key, "another")
    with database.begin() as connection:
        apps.lose_secrets(connection, app.id)
    with pytest.raises(SecretLost):
        integrations.acting("acme", account)
