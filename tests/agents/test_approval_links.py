"""Links of approvals: the same in every process that has the vault's keys, and after a rotation."""

from __future__ import annotations

import secrets
from base64 import b64encode
from dataclasses import replace

import pytest

from stagedoor.agents.approvals import links
from stagedoor.agents.approvals.errors import NoApproval
from stagedoor.agents.container import Agents
from stagedoor.connector import keys
from stagedoor.connector.keys import Keys
from tests.agents.approval_steps import ASKED, asks, get
from tests.agents.call_requests import film
from tests.agents.conftest import AgentFixture
from tests.agents.job_pump import PULLED
from tests.support import media
from tests.support.site import Site


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """As where secrets come from the environment, and no process writes a file of keys."""
    given = "k1:" + b64encode(secrets.token_bytes(32)).decode()
    return environment | {
        "STAGEDOOR_FETCH_PRIVATE": "1",
        "STAGEDOOR_PULL_URL": PULLED,
        "STAGEDOOR_VAULT_KEYS": given,
    }


def after_restart(agent: AgentFixture, ring: dict[str, bytes] | None = None) -> Agents:
    """Another process, which reads the settings anew; `ring`: with these keys."""
    services = agent.agents.services
    found = keys.found(services.settings)
    assert found is not None
    return Agents(replace(services, keys=found if ring is None else Keys(ring, found.jwt)))


def page(link: str) -> str:
    return link.rpartition("/")[2]


def test_a_link_outlives_restarts_and_rotations(agent: AgentFixture, site: Site) -> None:
    agent.given(ASKED)
    site.pages["/film.mp4"] = media.video()
    approval = asks(agent, film(agent, f"{site.url}/film.mp4", title="A film"))
    link: str = get(agent, approval)["link"]
    assert not agent.agents.services.settings.keys_file.exists()

    restarted = after_restart(agent)
    assert restarted.approvals.link("acme", approval) == link
    assert restarted.approvals.by_link(page(link)).id == approval

    first = dict(restarted.services.keys.vault)
    fresh = {"k2": secrets.token_bytes(32)}
    rotated = after_restart(agent, fresh | first)
    assert rotated.approvals.link("acme", approval) == link
    assert rotated.approvals.by_link(page(link)).id == approval

    forgotten = after_restart(agent, fresh)
    new = forgotten.approvals.link("acme", approval)
    assert new != link
    assert forgotten.approvals.by_link(page(new)).id == approval
    assert forgotten.approvals.link("acme", approval) == new
    with pytest.raises(NoApproval):
        forgotten.approvals.by_link(page(link))


def test_a_link_is_of_one_approval_and_says_nothing_of_the_token_secret() -> None:
    one = Keys({"k1": bytes(range(32))}, "a secret that a backend shares")
    other = Keys({"k1": bytes(range(32))}, "another one")
    made = links.capability(one, "acme", "a1")
    assert made == links.capability(other, "acme", "a1")
    assert len({made, *(links.capability(one, *of) for of in (("acme", "a2"), ("x", "a1")))}) == 3
    assert made != links.capability(Keys({"k1": bytes(32)}, one.jwt), "acme", "a1")
