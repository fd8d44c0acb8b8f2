"""An agent of acme, whose ad accounts and business account are connected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from stagedoor.emulator import Running
from stagedoor.platform.operation import Operation, Subject
from stagedoor.platform.wire import encode
from tests.agents.conftest import AgentFixture
from tests.examples import Seeded, request_of
from tests.support.business_connecting import connect_business
from tests.support.connecting import pass_time
from tests.support.local import Local
from tests.support.proxying import PREFIX

EVERYTHING = [
    {"resource": one, "level": "full"}
    for one in ("profile", "videos", "comments", "ads", "audiences")
]


@dataclass
class Business:
    """The agent, and TikTok's world. `ads` and `account` are integrations."""

    agent: AgentFixture
    local: Local
    running: Running
    ads: str
    account: str

    @property
    def seeded(self) -> Seeded:
        return Seeded(self.running.world)

    def where(self, operation: Operation[..., Any]) -> str:
        return self.ads if operation.subject is Subject.ADVERTISER else self.account

    def rest(self) -> None:
        """Let the second pass after which the app may call again."""
        pass_time(self.agent.service, self.local, 1.1)

    def send(
        self,
        operation: Operation[..., Any],
        *,
        query: str | None = None,
        body: bytes | None = None,
        base: str = PREFIX,
        headers: Mapping[str, str] | None = None,
        **changed: Any,
    ) -> httpx2.Response:
        """The example's request with some values changed; `Access-Token` is the agent's key."""
        asked = request_of(operation, self.seeded)
        wire = encode(operation, asked.model_copy(update=changed) if changed else asked)
        kind = {"content-type": wire.content_type} if wire.content_type else {}
        said = {"access-token": self.agent.key} if headers is None else dict(headers)
        query = wire.query if query is None else query
        return self.agent.service.http.request(
            operation.method,
            f"{base}{operation.path}{'?' + query if query else ''}",
            content=wire.body if body is None else body,
            headers={**said, **kind},
        )

    def direct(self, operation: Operation[..., Any]) -> httpx2.Response:
        """The same request to TikTok, with a token of its own."""
        wire = encode(operation, request_of(operation, self.seeded))
        if operation.subject is Subject.ADVERTISER:
            token = self.local.control("POST", "business/tokens", {})["access_token"]
        else:
            order = {"client_key": "7000000000000000001", "creator": "maracooks"}
            token = self.local.control("POST", "tokens", order)["access_token"]
        return self.local.http.request(
            operation.method,
            f"{operation.path}{'?' + wire.query if wire.query else ''}",
            content=wire.body,
            headers={"Access-Token": token}
            | ({"content-type": wire.content_type} if wire.content_type else {}),
        )


def connected(agent: AgentFixture, local: Local, running: Running) -> Business:
    """Connect both; what connecting asked TikTok isn't looked at."""
    ads = connect_business(agent.service, "ads")["integrationId"]
    account = connect_business(agent.service, "businessAccount")["integrationId"]
    running.world.requests.clear()
    return Business(agent, local, running, ads, account)
