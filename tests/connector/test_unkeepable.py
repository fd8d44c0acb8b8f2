"""Texts that no database keeps, at the service's routes: 400 with the path, on both databases."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from stagedoor.connector.bodies import MAX_ANY
from stagedoor.platform.bounds import MAX_BODY, MAX_PROBLEMS
from tests.connector.conftest import Service


@pytest.fixture(name="service")
def _service(service_without_worker: Service) -> Service:
    return service_without_worker


UPSTREAM = "/api/upstream/call/tiktok-provider"
PATHS = (
    f"/api/posts/{quote(chr(0))}",
    f"/api/posts?cursor=a{quote(chr(0))}",
    f"/api/integrations/x{quote(chr(0))}",
    f"/media/{quote(chr(0))}",
    f"/upload/a{quote(chr(0))}",
)


def sent(service: Service, method: str, path: str, body: bytes = b"") -> Any:
    headers = {"orgid": "acme", "authorization": f"Bearer {service.token()}"}
    return service.http.request(method, path, content=body, headers=headers)


@pytest.mark.parametrize("path", PATHS)
def test_a_nul_in_an_address_is_a_400(service: Service, path: str) -> None:
    answer = sent(service, "GET", path)
    assert answer.status_code == 400, answer.text
    assert "NUL" in answer.json()["error"]["message"]


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800"])
def test_a_text_in_a_body_is_named_by_its_path(service: Service, bad: str) -> None:
    body = f'{{"filters": {{"videoIds": ["1", "a{bad}"]}}}}'.encode()
    answer = sent(service, "POST", f"{UPSTREAM}/query-videos", body)
    assert answer.status_code == 400
    [problem] = answer.json()["error"]["detail"]["problems"]
    assert problem["path"] == "filters.videoIds.1"


UNREADABLE = {
    b'{"title": 1' + b"0" * 5_000 + b"}": "holds a number of too many digits",
    b'{"title": "\xff"}': "isn't UTF-8 text",
    b'{"title": ': "is no JSON: Expecting value",
    b"[" * 60_000: "is nested too deep",
    b'["title"]': "should be an object",
    b'"title"': "should be an object",
}


@pytest.mark.parametrize("body", UNREADABLE, ids=UNREADABLE.values())
def test_a_body_that_can_not_be_read_is_told_why(service: Service, body: bytes) -> None:
    answer = sent(service, "POST", f"{UPSTREAM}/init-video-upload", body)
    assert answer.status_code == 400
    [problem] = answer.json()["error"]["detail"]["problems"]
    assert problem["path"] == "(body)"
    assert problem["reason"].startswith(UNREADABLE[body])


@pytest.mark.parametrize("items", [[1] * 15_000, ["x"] * 12_000])
def test_a_long_list_is_refused_in_few_words(service: Service, items: list[Any]) -> None:
    body = json.dumps({"fields": items}).encode()
    answer = sent(service, "POST", f"{UPSTREAM}/list-videos", body)
    assert answer.status_code == 400
    assert len(answer.content) < 5_000
    assert len(answer.json()["error"]["detail"]["problems"]) <= MAX_PROBLEMS


def test_unknown_names_are_told_ten_at_a_time(service: Service) -> None:
    body = json.dumps({f"name{number}": 1 for number in range(200)}).encode()
    answer = sent(service, "POST", f"{UPSTREAM}/list-videos", body)
    assert answer.status_code == 400
    assert len(answer.json()["error"]["detail"]["problems"]) == MAX_PROBLEMS


def test_a_route_takes_a_small_body_unless_it_says_more(service: Service) -> None:
    padded = b"{}" + b" " * MAX_BODY
    assert sent(service, "POST", f"{UPSTREAM}/list-videos", padded).status_code == 413
    assert sent(service, "PUT", "/api/settings/return-urls", padded).status_code == 400
    huge = b" " * (MAX_ANY + 1)
    assert sent(service, "PUT", "/api/settings/return-urls", huge).status_code == 413
