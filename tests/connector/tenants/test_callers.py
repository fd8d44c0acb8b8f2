"""Authentication and roles, over HTTP: every tenant route asks for a token, and for a role."""

from __future__ import annotations

import httpx2
import pytest

from stagedoor.connector.tenants.roles import Role
from tests.connector.conftest import Service
from tests.support.connecting import AUTH_URL, RETURN_URL, connect

ADMIN = [
    ("POST", AUTH_URL, {"returnUrl": RETURN_URL}),
    ("GET", "/api/settings/return-urls", None),
    ("PUT", "/api/settings/return-urls", {"returnUrls": [RETURN_URL]}),
    ("GET", "/api/apps/tiktok", None),
    ("PUT", "/api/apps/tiktok", {"clientKey": "emulator-unaudited-key"}),
    ("GET", "/api/notices", None),
    ("DELETE", "/api/integrations/i1", None),
]
VIEWER = [
    ("GET", "/api/integrations", None),
    ("GET", "/api/integrations/i1", None),
]


def test_nobody_comes_in_without_a_token(service_without_worker: Service) -> None:
    service = service_without_worker
    good = service.token()
    bad: list[dict[str, str]] = [
        {},
        {"orgid": "acme"},
        {"authorization": f"Bearer {good}"},
        {"orgid": "acme", "authorization": f"Bearer {good}x"},
        {"orgid": "acme", "authorization": f"Basic {good}"},
    ]
    for method, path, body in ADMIN + VIEWER:
        for headers in bad:
            answer = service.http.request(method, path, json=body, headers=headers)
            assert answer.status_code == 401, (path, headers.keys())
            assert answer.json()["error"]["code"] == "unauthenticated"
        foreign = {"orgid": "other", "authorization": f"Bearer {good}"}
        answer = service.http.request(method, path, json=body, headers=foreign)
        assert answer.status_code == 403, path


def test_what_is_an_admins_is_refused_to_others(service_without_worker: Service) -> None:
    for method, path, body in ADMIN:
        for role in ("viewer", "member"):
            answer = service_without_worker.send(method, path, body, role=role)
            assert answer.status_code == 403, (path, role)
            assert "needs the role admin" in answer.json()["error"]["message"]


def test_everybody_of_the_organisation_sees_its_integrations(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    made = connect(service)["integrationId"]
    for role in Role:
        listed = service.api("GET", "/api/integrations", role=role.value)["integrations"]
        assert [one["id"] for one in listed] == [made]
        assert service.api("GET", f"/api/integrations/{made}", role=role.value)["id"] == made


def test_another_organisations_integration_is_not_there(service_without_worker: Service) -> None:
    service = service_without_worker
    made = connect(service, org="acme")["integrationId"]
    for method in ("GET", "DELETE"):
        foreign = service.send(method, f"/api/integrations/{made}", org="other")
        unknown = service.send(method, "/api/integrations/unknown", org="other")
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json() == unknown.json()
    assert service.api("GET", "/api/integrations", org="other")["integrations"] == []
    assert service.api("GET", f"/api/integrations/{made}", org="acme")["status"] == "active"


def test_another_organisations_integration_is_not_renewed(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    made = connect(service, org="acme")["integrationId"]
    body = {"returnUrl": RETURN_URL, "integrationId": made}
    assert service.send("POST", AUTH_URL, body, org="other").status_code == 404


@pytest.fixture
def with_a_web_app(environment: dict[str, str]) -> None:
    environment["STAGEDOOR_CORS_ORIGINS"] = "https://app.example.com"


def test_a_browser_of_a_known_origin_may_send_files_in_pieces(
    with_a_web_app: None, service_without_worker: Service
) -> None:
    service = service_without_worker

    def asked(origin: str) -> httpx2.Headers:
        said = {
            "origin": origin,
            "access-control-request-method": "PUT",
            "access-control-request-headers": "content-range",
        }
        return service.http.request("OPTIONS", "/upload/any", headers=said).headers

    allowed = asked("https://app.example.com")
    assert allowed["access-control-allow-origin"] == "https://app.example.com"
    assert "content-range" in allowed["access-control-allow-headers"]
    assert "access-control-allow-origin" not in asked("https://evil.example.com")
    answer = service.http.get("/healthz", headers={"origin": "https://app.example.com"})
    assert "upload-offset" in answer.headers["access-control-expose-headers"]
