"""The service under further host names, and behind reverse proxies."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from stagedoor.connector import settings as settings_module
from stagedoor.connector.settings import SettingsError
from tests.agents.conftest import AgentFixture

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
SECOND = "mcp.example.com"


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    return environment | getattr(request, "param", {})


def ask(agent: AgentFixture, key: str | None = None, **headers: str) -> httpx2.Response:
    sent = {"accept": "application/json, text/event-stream"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    sent["authorization"] = f"Bearer {key or agent.key}"
    answer: httpx2.Response = agent.service.http.post("/mcp", json=LIST, headers=sent)
    return answer


def metadata_url(answer: httpx2.Response) -> str:
    return answer.headers["www-authenticate"].partition('resource_metadata="')[2].rstrip('"')


@pytest.mark.parametrize(
    "environment", [{"STAGEDOOR_ALLOWED_HOSTS": f"{SECOND}, other.example.com"}], indirect=True
)
def test_a_second_host_name_is_served_and_signed_in_to(agent: AgentFixture) -> None:
    assert ask(agent, host=SECOND).status_code == 200
    assert ask(agent, host=SECOND, origin=f"https://{SECOND}").status_code == 200
    assert ask(agent, host="third.example.com").status_code == 421
    where = metadata_url(ask(agent, "none", host=SECOND))
    assert where == f"http://{SECOND}/.well-known/oauth-protected-resource/mcp"
    told: Any = agent.service.http.get(
        "/.well-known/oauth-protected-resource/mcp", headers={"host": SECOND}
    ).json()
    assert told["resource"] == f"http://{SECOND}/mcp"
    assert told["authorization_servers"] == [f"http://{SECOND}"]


def test_without_the_setting_the_refusal_names_it(agent: AgentFixture) -> None:
    answer = ask(agent, host=SECOND)
    assert answer.status_code == 421
    assert "STAGEDOOR_ALLOWED_HOSTS" in answer.json()["error_description"]
    assert ask(agent).status_code == 200


@pytest.mark.parametrize(
    "environment",
    [{"STAGEDOOR_ALLOWED_HOSTS": SECOND, "STAGEDOOR_TRUSTED_PROXIES": "127.0.0.0/8"}],
    indirect=True,
)
def test_a_trusted_proxy_says_the_host_that_its_client_named(agent: AgentFixture) -> None:
    inside = "stagedoor.internal:8700"
    assert ask(agent, host=inside).status_code == 421
    assert ask(agent, host=inside, x_forwarded_host=SECOND).status_code == 200
    assert ask(agent, host=inside, x_forwarded_host=f"evil.example, {SECOND}").status_code == 200
    assert ask(agent, host=SECOND, x_forwarded_host=f"{SECOND}, evil.example").status_code == 421


@pytest.mark.parametrize("environment", [{"STAGEDOOR_ALLOWED_HOSTS": SECOND}], indirect=True)
def test_nobody_else_is_believed(agent: AgentFixture) -> None:
    assert ask(agent, host="evil.example", x_forwarded_host=SECOND).status_code == 421


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAGEDOOR_ALLOWED_HOSTS", "https://mcp.example.com"),
        ("STAGEDOOR_ALLOWED_HOSTS", "mcp.example.com:8700"),
        ("STAGEDOOR_ALLOWED_HOSTS", "*"),
        ("STAGEDOOR_TRUSTED_PROXIES", "*"),
        ("STAGEDOOR_TRUSTED_PROXIES", "nginx"),
        ("STAGEDOOR_TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_what_is_no_host_or_network_is_refused_by_the_setting_s_name(
    environment: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=name):
        settings_module.load(environ=environment | {name: value})
