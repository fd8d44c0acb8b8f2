"""Findings of `stagedoor doctor` about the service that STAGEDOOR_SERVICE_URL names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2

from stagedoor.client.errors import ConfigurationError, StagedoorError
from stagedoor.client.proxies import between
from stagedoor.client.transport import opened

from .findings import Finding, FindingMark
from .remote import Remote, ServiceRefused

_SECONDS = 10


def service_findings(url: str, token: str | None) -> Iterator[Finding]:
    """Whether the service is reachable and ready and accepts the token, and its accounts."""
    try:
        with opened(httpx2.Client, _SECONDS, reaches=(url,)) as http:
            answer = http.get(f"{url.rstrip('/')}/readyz")
        told: Any = answer.json()
        status = str(told["status"])
    except ConfigurationError as error:
        yield Finding(FindingMark.WRONG, "proxy", str(error))
        return
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        yield Finding(
            FindingMark.WRONG,
            "service",
            f"{url} not reached ({type(error).__name__}){between(url)}",
            "see that it runs, and that STAGEDOOR_SERVICE_URL is right; without that setting the "
            "commands speak to TikTok themselves",
        )
        return
    except (ValueError, KeyError, TypeError):
        yield Finding(
            FindingMark.WRONG,
            "service",
            f"{url} answers, but is no Stagedoor",
            "see STAGEDOOR_SERVICE_URL",
        )
        return
    if answer.is_success:
        mark = FindingMark.OK if status == "ok" else FindingMark.NOTE
        yield Finding(
            mark, "service", f"{url} is ready" if mark is FindingMark.OK else f"{url}: {status}"
        )
    else:
        yield Finding(
            FindingMark.WRONG,
            "service",
            f"{url} isn't ready ({status})",
            "its log says why; see /readyz",
        )
    yield from _token(url, token)


def _token(url: str, token: str | None) -> Iterator[Finding]:
    if token is None:
        yield Finding(
            FindingMark.WRONG,
            "service token",
            "STAGEDOOR_TOKEN is not set",
            "set it to a JWT of your organisation: 'stagedoor token --org ORG' prints one",
        )
        return
    try:
        with Remote(url, token) as remote:
            listed = remote.send("GET", "/api/integrations")["integrations"]
    except (ServiceRefused, ConfigurationError) as error:
        todo = "set STAGEDOOR_TOKEN to a new one: 'stagedoor token --org ORG' prints one"
        yield Finding(FindingMark.WRONG, "service token", f"not taken: {error}", todo)
        return
    except StagedoorError as error:
        yield Finding(FindingMark.NOTE, "service token", "not checked", str(error))
        return
    yield Finding(FindingMark.OK, "service token", "the service takes it")
    names = ", ".join(f"@{item['username'] or item['accountName']}" for item in listed)
    yield Finding(
        FindingMark.OK if listed else FindingMark.NOTE,
        "service accounts",
        names or "none connected",
        "" if listed else "'stagedoor connect' connects one through the service",
    )
