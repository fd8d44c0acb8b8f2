"""A repeated Idempotency-Key never repeats a secret that was shown once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from stagedoor.agents.extension import extend
from stagedoor.connector.api import TenantRoute
from stagedoor.connector.container import Container
from stagedoor.connector.domains import CONNECTOR
from stagedoor.connector.idempotency import ShownOnce, _models, without_secrets
from tests.connector.conftest import Service

KEY = {"idempotency-key": "once"}


def test_a_viewer_who_repeats_an_admins_request_gets_no_key(service: Service) -> None:
    made = service.api("POST", "/api/agents", {"name": "Poster"}, headers=KEY)
    for who in ({"role": "viewer"}, {"role": "member"}, {"role": "viewer", "user": "u2"}):
        refused = service.send("POST", "/api/agents", {"name": "Poster"}, headers=KEY, **who)
        assert refused.status_code == 403
        assert made["key"] not in refused.text
        assert made["id"] not in refused.text


def test_a_repeated_answer_has_the_id_without_the_key_and_says_so(service: Service) -> None:
    made = service.api("POST", "/api/agents", {"name": "Poster"}, headers=KEY)
    again = service.api("POST", "/api/agents", {"name": "Poster"}, headers=KEY)
    assert again.pop("withheld") == {
        "key": "It was shown once, in the first answer. POST /api/agents/<id>/keys makes another "
        "one."
    }
    assert again == made | {"key": None}
    assert len(service.api("GET", "/api/agents")["agents"]) == 1


@pytest.mark.parametrize(("route", "secret"), [("keys", "key"), ("sign-in", "code")])
def test_other_secrets_are_not_repeated_either(service: Service, route: str, secret: str) -> None:
    agent = service.api("POST", "/api/agents", {"name": "Poster"})["id"]
    path = f"/api/agents/{agent}/{route}"
    first = service.api("POST", path, headers=KEY)
    again = service.api("POST", path, headers=KEY)
    assert first[secret]
    assert again[secret] is None
    assert "shown once" in again["withheld"][secret]
    assert service.api("POST", path)[secret] not in (None, first[secret])


_SECRET = re.compile(r"secret|token|password|code$|^key$|^link$|url$|^state$|capability")
_PUBLIC = re.compile(r"avatar|cover_image|share_url")
_KEPT = {
    ("AuthUrlShown", "auth_url"),
    ("AuthUrlShown", "state"),
    ("VideoBegun", "upload_url"),
    ("UploadShown", "upload_url"),
}
"""Secrets that a client needs after a lost answer; they end by themselves, and are sealed."""
_NO_SECRETS = {
    ("PostShown", "state"),
    ("PostShown", "link"),
    ("CallApprovalShown", "state"),
    ("PostApprovalShown", "state"),
    ("Failure", "code"),
    ("WebhookShown", "url"),
    ("BulkRowShown", "state"),
    ("BulkRowShown", "key"),
    ("AdWithChanges", "landing_page_url"),
    ("ErasureShown", "state"),
    ("MessageShown", "image_url"),
    ("PortabilityErrorShown", "code"),
    ("PortabilityRequestShown", "state"),
    ("ResearchErrorShown", "code"),
    ("ResearchJobShown", "state"),
    ("ResearchProblemShown", "code"),
    # TikTok's ad library, which is public
    ("Ad", "download_url"),
    ("Ad", "external_url"),
    ("AdVideo", "url"),
    ("Advertiser", "country_code"),
    ("Advertiser", "profile_url"),
    ("ContentVideo", "url"),
}


def posting(router: Any) -> Iterator[TenantRoute]:
    """The POST routes of a router and of those that it includes."""
    for route in router.routes:
        if hasattr(route, "original_router"):
            yield from posting(route.original_router)
        elif isinstance(route, TenantRoute) and "POST" in (route.methods or ()):
            yield route


def unmarked(model: Any) -> Iterator[tuple[str, str]]:
    """Fields of a response model that sound like secrets and aren't marked as shown once."""
    for part in _models(model):
        for name, info in part.model_fields.items():
            marked = any(isinstance(mark, ShownOnce) for mark in info.metadata)
            if _SECRET.search(name) and not marked and not _PUBLIC.search(name):
                yield part.__name__, name
            yield from unmarked(info.annotation)


def test_every_field_that_sounds_like_a_secret_is_declared(services: Container) -> None:
    routers = CONNECTOR.routers() + extend(services).routers
    routes = [route for router in routers for route in posting(router)]
    assert len(routes) > 12
    found = {field for route in routes for field in unmarked(route.response_model)}
    assert found >= _KEPT
    assert found - _KEPT - _NO_SECRETS == set(), "mark it with ShownOnce, or list it here"


def test_what_is_not_json_stays_as_it_is() -> None:
    assert without_secrets(None, b"") == b""
    assert without_secrets(None, b"no json") == b"no json"
