"""Where a browser may be sent: only to what an admin allowed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.connector.errors import ApiError
from stagedoor.connector.integrations.return_urls import split, with_outcome
from tests.connector.conftest import Service
from tests.support.connecting import AUTH_URL, RETURN_URL, ask, come_back, consent

SETTING = "/api/settings/return-urls"
LISTED = ["https://app.example.com/connected", "http://localhost:3000/back"]


def test_while_none_is_listed_any_is_taken_with_a_warning(service_without_worker: Service) -> None:
    service = service_without_worker
    assert service.api("GET", SETTING) == {"returnUrls": []}
    [warning] = ask(service, returnUrl="https://anywhere.example/")["warnings"]
    assert "/api/settings/return-urls" in warning


def test_only_what_is_listed_is_taken(service_without_worker: Service) -> None:
    service = service_without_worker
    assert service.api("PUT", SETTING, {"returnUrls": LISTED}) == {"returnUrls": LISTED}
    for good in (
        "https://app.example.com/connected",
        "https://APP.example.com:443/connected?account=5",
        "http://localhost:3000/back#top",
    ):
        assert ask(service, returnUrl=good)["warnings"] == []
    for bad in (
        "https://evil.example/connected",
        "https://app.example.com.evil.example/connected",
        "https://app.example.com/connected/../elsewhere",
        "https://app.example.com/connected/more",
        "https://app.example.com/",
        "http://app.example.com/connected",
        "https://app.example.com:8443/connected",
        "http://localhost/back",
    ):
        answer = service.send("POST", AUTH_URL, {"returnUrl": bad})
        assert answer.status_code == 400, bad
        assert answer.json()["error"]["code"] == "return_url_refused"
    # another organisation's list is its own
    assert ask(service, org="other", returnUrl="https://evil.example/")["warnings"]


def test_a_list_that_changed_meanwhile_counts(service_without_worker: Service) -> None:
    service = service_without_worker
    location = consent(ask(service)["authUrl"])
    service.api("PUT", SETTING, {"returnUrls": ["https://elsewhere.example/"]})
    answer = come_back(service, location)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert service.api("GET", "/api/integrations")["integrations"] == []


BAD = [
    "javascript:alert(1)",
    "data:text/html,hello",
    "//evil.example/",
    "/connected",
    "app.example.com/connected",
    "https://",
    "https:///connected",
    "https://user:pass@app.example.com/connected",
    "https://app.example.com\\@evil.example/",
    "https://app.example.com/ connected",
    "https://app.example.com/\nconnected",
    "https://app.example.com/\tconnected",
    "https://app.example.com:port/",
    "https://app.example.com:0/",
    "https://[::1/",
    "https://äpp.example.com/",
    "https://app.example.com/" + "x" * 2000,
    "ftp://app.example.com/",
]


@pytest.mark.parametrize("url", BAD)
def test_what_browsers_could_read_otherwise_is_refused(url: str) -> None:
    with pytest.raises(ApiError) as refused:
        split(url)
    assert refused.value.http == 400


def test_neither_as_return_url_nor_on_the_list(service_without_worker: Service) -> None:
    service = service_without_worker
    for url in ("javascript:alert(1)", "https://a@b.example/"):
        for method, path, body, place in (
            ("POST", AUTH_URL, {"returnUrl": url}, "returnUrl"),
            ("PUT", SETTING, {"returnUrls": ["https://a.example/", url]}, "returnUrls.1"),
            ("PUT", SETTING, {"returnUrls": [url, url]}, "returnUrls"),
        ):
            answer = service.send(method, path, body)
            assert answer.status_code == 400
            assert answer.json()["error"]["detail"]["problems"][0]["path"] == place


@given(
    query=st.lists(st.tuples(st.sampled_from("abc"), st.text("xyz &=é", max_size=4))),
    fragment=st.text("xyz", max_size=3),
    reason=st.text(max_size=10),
)
def test_the_outcome_is_added_and_the_rest_stays(
    query: list[tuple[str, str]], fragment: str, reason: str
) -> None:
    from urllib.parse import parse_qsl, urlencode

    url = RETURN_URL + (f"?{urlencode(query)}" if query else "") + (f"#{fragment}" * bool(fragment))
    parts = urlsplit(with_outcome(url, integration="error", reason=reason))
    assert parts._replace(query="", fragment="").geturl() == RETURN_URL
    assert parts.fragment == fragment
    told = parse_qsl(parts.query, keep_blank_values=True)
    assert told == [*query, ("integration", "error"), ("reason", reason)]


def test_an_outcome_of_the_applications_own_is_not_mixed_with_ours() -> None:
    url = with_outcome(f"{RETURN_URL}?integration=connected&integrationId=i1", integration="error")
    assert parse_qs(urlsplit(url).query) == {"integration": ["error"]}
