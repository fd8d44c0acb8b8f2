"""The page of the reference, and the way to it from the service's address."""

from __future__ import annotations

import pytest

from tests.connector.conftest import Service


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_address_of_the_service_leads_to_the_page(service_without_worker: Service) -> None:
    http = service_without_worker.http
    for method in ("GET", "HEAD"):
        answer = http.request(method, "/", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, "/docs")
    assert "/" not in http.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/docs", "/docs/start.js", "/openapi.json"])
def test_head_answers_as_get_does_without_the_body(
    service_without_worker: Service, path: str
) -> None:
    head, get = (service_without_worker.http.request(one, path) for one in ("HEAD", "GET"))
    assert (head.status_code, get.status_code) == (200, 200)
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers["content-length"] == get.headers["content-length"]
