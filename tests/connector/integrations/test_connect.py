"""Connecting over real HTTP: consent, what is told, and every answer that isn't trusted."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlalchemy import select

from stagedoor.connector.database import metadata
from stagedoor.platform.scopes import USER_SCOPES
from tests.connector.conftest import Service
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
from tests.support.local import KEY, SECRET, Local

SEVEN = [
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.list",
    "video.publish",
    "video.upload",
    "business.creator.insights",
]


def page(answer: httpx2.Response, status: int = 400) -> str:
    """A plain page that sends the browser nowhere."""
    assert answer.status_code == status
    assert "location" not in answer.headers
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["referrer-policy"] == "no-referrer"
    return answer.text


def test_the_documented_request_works_as_it_is(service_without_worker: Service) -> None:
    """Seven scopes, JSON as a plain fetch sends it."""
    service = service_without_worker
    answer = service.http.post(
        AUTH_URL,
        content=b'{"scopes": ["%s"], "returnUrl": "%s"}'
        % ('", "'.join(SEVEN).encode(), RETURN_URL.encode()),
        headers={
            "orgid": "acme",
            "authorization": f"Bearer {service.token()}",
            "content-type": "text/plain;charset=UTF-8",
        },
    )
    assert answer.status_code == 200, answer.text
    asked = answer.json()
    assert asked["requested"] == SEVEN[:-1]
    [unavailable] = asked["unavailable"]
    assert unavailable["scope"] == "business.creator.insights"
    assert "API for Business" in unavailable["where"]
    assert parse_qs(urlsplit(asked["authUrl"]).query)["state"] == [asked["state"]]
    told = outcome(come_back(service, consent(asked["authUrl"])))
    assert told["integration"] == "connected"
    assert "missing" not in told
    record = service.api("GET", f"/api/integrations/{told['integrationId']}")
    assert record["accountName"] == "@maracooks"
    assert record["displayName"] == "Mara Cooks"
    assert record["avatarUrl"].startswith("http")
    assert record["status"] == "active"
    [credential] = record["credentials"]
    assert credential["kind"] == "creator"
    assert credential["granted"] == SEVEN[:-1]
    assert credential["missing"] == credential["switchedOff"] == []
    assert credential["lastError"] is None
    assert credential["expiresAt"].endswith("Z")


def test_what_the_creator_unticks_is_told(service_without_worker: Service) -> None:
    service = service_without_worker
    told = connect(service, untick=["video.publish", "user.info.stats"])
    assert told["integration"] == "connected"
    assert told["missing"] == "user.info.stats,video.publish"
    [credential] = service.api("GET", f"/api/integrations/{told['integrationId']}")["credentials"]
    assert credential["missing"] == ["user.info.stats", "video.publish"]
    off = {one["scope"]: one["what"] for one in credential["switchedOff"]}
    assert off["video.publish"] == "Post content to TikTok"
    assert "video.publish" not in credential["granted"]


def test_a_creator_who_says_no_is_told_to_the_application(service_without_worker: Service) -> None:
    service = service_without_worker
    asked = ask(service, returnUrl=f"{RETURN_URL}?step=2#end")
    answer = come_back(service, consent(asked["authUrl"], deny=True))
    assert outcome(answer) == {"step": "2", "integration": "error", "reason": "access_denied"}
    assert answer.headers["location"].endswith("#end")
    assert service.api("GET", "/api/integrations")["integrations"] == []


def test_a_state_is_good_once(service_without_worker: Service) -> None:
    service = service_without_worker
    location = consent(ask(service)["authUrl"])
    outcome(come_back(service, location))
    assert "used already" in page(come_back(service, location))


def test_a_state_that_was_denied_is_used(service_without_worker: Service) -> None:
    service = service_without_worker
    asked = ask(service)
    outcome(come_back(service, consent(asked["authUrl"], deny=True)))
    page(come_back(service, consent(asked["authUrl"])))


def test_a_state_ends_after_a_quarter_of_an_hour(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    asked = ask(service)
    pass_time(service, local, 901)
    assert "expired" in page(come_back(service, consent(asked["authUrl"])))
    assert local.calls("oauth.token_code") == []


def test_what_is_no_answer_of_ours_goes_nowhere(
    service_without_worker: Service, local: Local
) -> None:
    for query in (
        "",
        "code=abc",
        "code=abc&state=",
        "code=abc&state=forged",
        "code=abc&state=" + "x" * 5000,
        "state=%F0%9F%98%80",
        "error=access_denied&state=<script>alert(1)</script>",
    ):
        text = page(service_without_worker.http.get(f"/connect/oauth2callback/tiktok?{query}"))
        assert "<script>" not in text
    # a text that no database takes is refused before any route, as everywhere
    refused = service_without_worker.http.get("/connect/oauth2callback/tiktok?state=a%00")
    assert refused.status_code == 400
    assert "location" not in refused.headers
    assert refused.json()["error"]["detail"]["problems"][0]["path"] == "query.state"
    assert local.calls("oauth.token_code") == []


def test_a_state_of_another_service_goes_nowhere(
    service_without_worker: Service, local: Local
) -> None:
    """A login that somebody began with the same app, elsewhere."""
    service = service_without_worker
    with local.client() as elsewhere:
        login = elsewhere.begin_login(service.services.settings.redirect_uri, USER_SCOPES)
    page(come_back(service, consent(login.url)))
    assert service.api("GET", "/api/integrations")["integrations"] == []


def test_a_state_belongs_to_the_organisation_that_asked(service_without_worker: Service) -> None:
    service = service_without_worker
    connect(service, org="acme")
    assert len(service.api("GET", "/api/integrations", org="acme")["integrations"]) == 1
    assert service.api("GET", "/api/integrations", org="other")["integrations"] == []


def test_a_code_that_tiktok_refuses_is_told(service_without_worker: Service) -> None:
    service = service_without_worker
    state = ask(service)["state"]
    answer = service.http.get(
        "/connect/oauth2callback/tiktok", params={"state": state, "code": "a-guess"}
    )
    assert outcome(answer) == {"integration": "error", "reason": "code_refused"}


def test_a_code_of_another_login_is_refused(service_without_worker: Service) -> None:
    """PKCE: who took somebody's code can't put it into a login of their own."""
    service = service_without_worker
    stolen = parse_qs(urlsplit(consent(ask(service, org="victim")["authUrl"])).query)["code"][0]
    state = ask(service, org="thief")["state"]
    answer = service.http.get(
        "/connect/oauth2callback/tiktok", params={"state": state, "code": stolen}
    )
    assert outcome(answer)["reason"] == "code_refused"
    assert service.api("GET", "/api/integrations", org="thief")["integrations"] == []


@pytest.mark.parametrize("kind", ["status", "lost"])
def test_tiktok_failing_at_the_exchange_is_told(
    service_without_worker: Service, local: Local, kind: str
) -> None:
    service = service_without_worker
    location = consent(ask(service)["authUrl"])
    local.fault("oauth.token_code", kind, times=None)
    told = outcome(come_back(service, location))
    assert told == {"integration": "error", "reason": "tiktok_unavailable"}
    assert service.api("GET", "/api/integrations")["integrations"] == []


def test_an_app_that_tiktok_refuses_is_a_notice(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    location = consent(ask(service)["authUrl"])
    local.fault("oauth.token_code", "status", status=401, code="invalid_client", times=None)
    assert outcome(come_back(service, location))["reason"] == "app_refused"
    [notice] = service.api("GET", "/api/notices")["notices"]
    assert notice["kind"] == "app.refused"
    assert notice["subject"] == KEY


def test_a_profile_that_cannot_be_read_stops_nothing(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    local.fault("display.user_info", "status", status=500, times=None)
    told = connect(service)
    assert told["integration"] == "connected"
    record = service.api("GET", f"/api/integrations/{told['integrationId']}")
    assert record["accountName"]
    assert record["username"] is None


def test_posting_scopes_alone_give_a_name_too(service_without_worker: Service) -> None:
    service = service_without_worker
    told = connect(service, scopes=["video.publish"])
    record = service.api("GET", f"/api/integrations/{told['integrationId']}")
    assert record["accountName"] == "@maracooks"


def test_connecting_again_keeps_the_integration(service_without_worker: Service) -> None:
    service = service_without_worker
    first = connect(service, untick=["video.publish"])
    again = connect(service)
    assert again["integrationId"] == first["integrationId"]
    [record] = service.api("GET", "/api/integrations")["integrations"]
    assert record["credentials"][0]["missing"] == []
    renewed = connect(service, integrationId=first["integrationId"])
    assert renewed["integrationId"] == first["integrationId"]


def test_a_renewal_is_for_the_same_account(service_without_worker: Service, local: Local) -> None:
    service = service_without_worker
    local.control("POST", "creators", {"username": "somebody"})
    first = connect(service)["integrationId"]
    told = connect(service, creator="somebody", integrationId=first)
    assert told == {"integration": "error", "reason": "another_account"}
    assert len(service.api("GET", "/api/integrations")["integrations"]) == 1
    # the consent that nobody wants is given back
    assert len(local.calls("oauth.revoke")) == 1


def test_accounts_are_listed_by_pages(service_without_worker: Service, local: Local) -> None:
    service = service_without_worker
    for name in ("one", "two", "three"):
        local.control("POST", "creators", {"username": name})
        connect(service, creator=name)
    first = service.api("GET", "/api/integrations", limit=2)
    rest = service.api("GET", "/api/integrations", limit=2, cursor=first["nextCursor"])
    names = [one["accountName"] for one in first["integrations"] + rest["integrations"]]
    assert names == ["@one", "@two", "@three"]
    assert rest["nextCursor"] is None


def test_no_scope_that_can_be_asked_for_is_an_error(service_without_worker: Service) -> None:
    body = {"returnUrl": RETURN_URL, "scopes": ["business.creator.insights", "comment.list"]}
    answer = service_without_worker.send("POST", AUTH_URL, body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "scopes_unavailable"
    assert [one["scope"] for one in error["detail"]["unavailable"]] == body["scopes"]


def test_mistakes_are_named_by_path(service_without_worker: Service) -> None:
    mistakes: list[tuple[dict[str, object], str]] = [
        ({}, "returnUrl"),
        ({"returnUrl": RETURN_URL, "scopes": []}, "scopes"),
        ({"returnUrl": RETURN_URL, "scopes": ["video.list", "user.info.basics"]}, "scopes.1"),
        ({"returnUrl": RETURN_URL, "kind": "businessAccount", "scopes": ["comments"]}, "scopes.0"),
        ({"returnUrl": RETURN_URL, "scopes": "video.list"}, "scopes"),
        ({"returnUrl": RETURN_URL, "kind": "pages"}, "kind"),
        ({"returnUrl": RETURN_URL, "kind": "ads", "scopes": ["video.list"]}, "scopes"),
        ({"returnUrl": RETURN_URL, "return_to": "x"}, "return_to"),
    ]
    for body, path in mistakes:
        answer = service_without_worker.send("POST", AUTH_URL, body)
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith(path)


def test_an_idempotency_key_gives_the_same_link_again(service_without_worker: Service) -> None:
    service = service_without_worker
    headers = {"idempotency-key": "k1"}
    body = {"returnUrl": RETURN_URL}
    first = service.send("POST", AUTH_URL, body, headers=headers).json()
    assert service.send("POST", AUTH_URL, body, headers=headers).json() == first
    assert service.send("POST", AUTH_URL, body).json() != first


def test_no_secret_is_stored_in_clear_shown_or_logged(
    service_without_worker: Service, local: Local, caplog: pytest.LogCaptureFixture
) -> None:
    service = service_without_worker
    with caplog.at_level(logging.DEBUG, "stagedoor"):
        asked = ask(service)
        location = consent(asked["authUrl"])
        told = outcome(come_back(service, location))
        shown = service.send("GET", "/api/integrations").text
        shown += service.send("GET", f"/api/integrations/{told['integrationId']}").text
    services = service.services
    [integration] = services.integrations.page("acme").items
    tokens = services.integrations.tokens(integration.grant.id)
    pair = tokens.load()
    code = parse_qs(urlsplit(location).query)["code"][0]
    secrets = [pair.access_token, pair.refresh_token or "", SECRET, code, asked["state"]]
    with services.database.read() as connection:
        stored = "".join(
            repr(connection.execute(select(table)).all()) for table in metadata.sorted_tables
        )
    told_all = shown + str(told) + caplog.text + repr((integration, tokens, services, pair))
    told_all += repr(services.integrations.tiktok_for(integration)) + repr(vars(services))
    for secret in secrets:
        assert secret
        assert secret not in stored
        assert secret not in told_all
    assert KEY in stored
