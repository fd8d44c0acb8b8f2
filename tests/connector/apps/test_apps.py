"""TikTok apps: the service's own, those that organisations bring, and their secrets."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from stagedoor.connector import settings as settings_module
from stagedoor.connector.apps import store
from stagedoor.connector.apps.models import apps
from stagedoor.connector.container import Container
from stagedoor.platform import catalogue
from tests.connector.conftest import Service
from tests.support.connecting import ask
from tests.support.local import KEY, SECRET, UNAUDITED, Local

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = "/api/apps/tiktok"


def bring(service: Service, org: str = "acme", **body: Any) -> Any:
    return service.send("PUT", PATH, {"clientKey": UNAUDITED} | body, org=org)


def test_the_services_own_app_serves_who_brings_none(service_without_worker: Service) -> None:
    shown = service_without_worker.api("GET", PATH)
    assert shown["clientKey"] == KEY
    assert shown["own"] is False
    assert shown["secrets"] == 1
    assert shown["redirectUri"].endswith("/connect/oauth2callback/tiktok")
    assert shown["webhookUrl"].endswith("/connect/webhook/tiktok")


def test_an_organisation_brings_its_own(service_without_worker: Service) -> None:
    service = service_without_worker
    answer = bring(
        service,
        clientSecret=SECRET,
        scopes=["user.info.basic", "video.list"],
        limits={"display.user_info": {"requests": 900, "perSeconds": 60}},
    )
    assert answer.status_code == 200, answer.text
    shown = service.api("GET", PATH)
    assert shown == answer.json()
    assert (shown["clientKey"], shown["own"]) == (UNAUDITED, True)
    assert shown["scopes"] == ["user.info.basic", "video.list"]
    assert shown["limits"] == {"display.user_info": {"requests": 900, "perSeconds": 60}}
    assert service.api("GET", PATH, org="other")["clientKey"] == KEY
    asked = ask(service, scopes=["user.info.basic", "video.publish"])
    assert f"client_key={UNAUDITED}" in asked["authUrl"]
    assert asked["requested"] == ["user.info.basic"]
    assert [one["scope"] for one in asked["unavailable"]] == ["video.publish"]


def test_secrets_are_never_shown(service_without_worker: Service) -> None:
    service = service_without_worker
    answer = bring(service, clientSecret=SECRET, secondSecret="an-older-secret")
    shown = answer.text + service.send("GET", PATH).text
    app = service.services.apps.of_org("acme")
    with service.services.database.read() as connection:
        stored = repr(connection.execute(select(apps)).all())
    for secret in (SECRET, "an-older-secret"):
        assert secret not in shown
        assert secret not in stored
        assert secret not in repr(app)
    assert app.secrets == (SECRET, "an-older-secret")


def test_tiktok_is_asked_whether_key_and_secret_belong_together(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    answer = bring(service, clientSecret="a-guess")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "app_refused"
    assert error["logId"]
    assert service.api("GET", PATH)["own"] is False


def test_without_tiktoks_answer_nothing_is_saved(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    local.fault("oauth.token_client", "status", status=500, times=None)
    answer = bring(service, clientSecret=SECRET)
    assert answer.status_code == 503
    assert answer.json()["error"]["retryable"] is True
    assert service.api("GET", PATH)["own"] is False


def test_nobody_changes_an_app_by_its_key_alone(service_without_worker: Service) -> None:
    service = service_without_worker
    assert bring(service, org="acme", clientSecret=SECRET).is_success
    assert bring(service, org="other").status_code == 400
    assert bring(service, org="other", clientSecret="a-guess").status_code == 400
    # its owner needs the secret no second time
    assert bring(service, org="acme", scopes=["video.list"]).is_success
    assert service.services.apps.of_org("acme").client_secret == SECRET


def test_two_organisations_that_know_the_secret_share_an_app(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    assert bring(service, org="acme", clientSecret=SECRET).is_success
    assert bring(service, org="other", clientSecret=SECRET).is_success
    apps = service.services.apps
    assert apps.of_org("acme").id == apps.of_org("other").id


def test_the_services_own_app_is_nobodys_to_change(service_without_worker: Service) -> None:
    answer = bring(service_without_worker, clientKey=KEY, clientSecret=SECRET)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "app_shared"


def test_a_new_secret_leaves_the_old_one_for_webhooks_on_their_way(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = local.control("POST", "apps", {"client_key": "rotating", "client_secret": "first"})
    assert made["client_secret"] == "first"
    assert bring(service, clientKey="rotating", clientSecret="first").is_success
    local.reset()
    local.control("POST", "apps", {"client_key": "rotating", "client_secret": "next"})
    assert bring(service, clientKey="rotating", clientSecret="next").json()["secrets"] == 2
    assert service.services.apps.of_org("acme").secrets == ("next", "first")
    found = service.services.apps.by_key("rotating")
    assert found is not None
    assert found.secrets == ("next", "first")
    dropped = bring(service, clientKey="rotating", secondSecret=None)
    assert dropped.json()["secrets"] == 1


def test_mistakes_are_named_by_path(service_without_worker: Service) -> None:
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({"clientKey": "no spaces"}, "clientKey"),
        ({"clientSecret": ""}, "clientSecret"),
        ({"limits": {"display.unknown": {"requests": 1, "perSeconds": 1}}}, "limits"),
        ({"limits": {"display.user_info": {"requests": 0, "perSeconds": 1}}}, "limits"),
        ({"scopes": ["user info"]}, "scopes.0"),
        ({"secret": "x"}, "secret"),
    ]
    for body, path in mistakes:
        answer = bring(service_without_worker, **({"clientSecret": SECRET} | body))
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith(path)
        assert SECRET not in answer.text


def test_without_any_app_it_is_said_what_to_do(environment: dict[str, str]) -> None:
    environment["TIKTOK_CLIENT_KEY"] = "some-key"  # without a secret there is no app
    services = Container.build(settings_module.load(environ=environment))
    try:
        with pytest.raises(Exception, match="TIKTOK_CLIENT_KEY") as refused:
            services.apps.of_org("acme")
        assert getattr(refused.value, "http", None) == 409
    finally:
        services.close()


def test_the_environments_secret_may_change(environment: dict[str, str]) -> None:
    for secret, live in (("one", ("one",)), ("two", ("two", "one")), ("two", ("two", "one"))):
        environment |= {"TIKTOK_CLIENT_KEY": "mine", "TIKTOK_CLIENT_SECRET": secret}
        services = Container.build(settings_module.load(environ=environment))
        try:
            assert services.apps.of_org("acme").secrets == live
        finally:
            services.close()


def test_a_secret_that_went_with_the_vaults_keys_is_asked_for_again(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    assert bring(service, clientSecret=SECRET).is_success
    app = service.services.apps.of_org("acme")
    with service.services.database.begin() as connection:
        store.lose_secrets(connection, app.id)
    told = service.send("GET", PATH)
    assert told.status_code == 409
    assert told.json()["error"]["code"] == "app_secret_lost"
    assert bring(service).json()["error"]["code"] == "app_secret_lost"
    assert bring(service, clientSecret="a guess").json()["error"]["code"] == "app_refused"
    assert bring(service, clientSecret=SECRET).is_success
    assert service.services.apps.of_org("acme").id == app.id


@sqlite_only
def test_every_operation_may_have_a_raised_limit(service_without_worker: Service) -> None:
    service = service_without_worker
    limited = [name for name, one in catalogue.operations().items() if one.limits]
    assert len(limited) > 100
    limits = {name: {"requests": 9_000, "perSeconds": 60} for name in limited}
    answer = bring(service, clientSecret=SECRET, limits=limits)
    assert answer.status_code == 200, answer.text
    assert answer.json()["limits"].keys() == limits.keys()
    wrong = bring(service, clientSecret=SECRET, limits=limits | {"one.more": limits[limited[0]]})
    assert (wrong.status_code, "limits" in wrong.text) == (400, True)
