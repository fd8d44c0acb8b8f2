"""The service and TikTok with two organisations in them, for many attacks at once."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import text

from stagedoor.agents.container import Agents
from stagedoor.agents.extension import extend
from stagedoor.connector.jobs import Batched, JobResult
from stagedoor.connector.publishing.transitions import FOLLOW
from stagedoor.connector.schedule import store as schedule
from stagedoor.emulator import Running
from stagedoor.emulator.world import World
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation
from stagedoor.platform.products.posting import INBOX_VIDEO_INIT
from stagedoor.platform.scopes import Scope
from stagedoor.platform.wire import encode
from tests.connector.conftest import SCOPES, Service
from tests.examples import Seeded, begin, json_of, request_of
from tests.examples.tools import TOOLS
from tests.support.local import Local
from tests.support.site import Site

from .actors import ACTORS, APPS, MINE, SECRETS, THEIRS, Actor, Right
from .attack import Way
from .bridge import Bridge
from .wire import Answer, Line, request

CREATORS = (*SCOPES, "user.info.stats", str(Scope.PORTABILITY_ALL_ONGOING))
CALLS = 6_000
MEDIA, PULLED = "https://m.example.com", "https://pulled.example.com"
"""The domains of other people's media, and of Stagedoor's own, from which TikTok pulls: both
verified."""
_CAPABILITY = re.compile(rb"/upload/([\w-]{20,})")
OPERATIONS = catalogue.operations()


@dataclass
class AttackEnvironment:
    """A running service with its actors. `keys` and `ids` are of the actors by name, `accounts`
    integration ids by handle. `agents` is a second gateway on the same database, which only reads.
    """

    running: Running
    local: Local
    service: Service
    agents: Agents
    site: Site
    """The server of the media that `MEDIA` names; TikTok finds it there, Stagedoor at its own
    address."""
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    ids: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    seeded: Seeded = field(init=False, repr=False)
    """The ids that good requests for acme's first account contain."""
    seeded_elsewhere: Seeded = field(init=False, repr=False)
    """The same of globex's account."""
    answers: list[bytes] = field(default_factory=list, repr=False)
    """All answers of the service."""
    consents: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)
    """Approved calls that weren't executed yet: agent, operation, account."""
    handed: set[str] = field(default_factory=set, repr=False)
    """Capabilities that an agent received: they may appear in its own answers, nowhere else."""

    _number: int = 0
    _bridges: dict[str, Bridge] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.seeded = Seeded(self.world, creator=MINE, media=MEDIA)

    @property
    def world(self) -> World:
        return self.running.world

    @cached_property
    def line(self) -> Line:
        return Line(self.service.url)

    def seed_again(self) -> None:
        """Create the entities that good requests name again: an example may end them."""
        self.seeded = self._seeded_for("whole", MINE)
        self.seeded_elsewhere = self._seeded_for("rival", THEIRS)

    def _seeded_for(self, who: str, handle: str) -> Seeded:
        """Begin an entity of each kind for an account. The agent begins the post through the
        gateway, which knows no other posts."""
        org = ACTORS[who].org
        asked = {"client_key": APPS[org], "scopes": list(CREATORS), "creator": handle}
        user = self.local.control("POST", "tokens", asked)["access_token"]
        form = {"client_key": APPS[org], "client_secret": SECRETS[org]}
        own = self.local.http.post(
            "/v2/oauth/token/", data=form | {"grant_type": "client_credentials"}
        ).json()["access_token"]
        bearers = ({"authorization": f"Bearer {one}"} for one in (user, own))
        begun = begin(self.local.http, *bearers)
        seeded = Seeded(self.world, begun, handle, MEDIA)
        wire = encode(INBOX_VIDEO_INIT, request_of(INBOX_VIDEO_INIT, seeded))
        headers = {"Authorization": f"Bearer {self.keys[who]}", "Content-Type": "application/json"}
        target = f"/agents/proxy/@{handle}{INBOX_VIDEO_INIT.path}"
        answer = self.ask(request("POST", target, headers, wire.body or b""))
        assert answer.status == 200, answer.body
        publish_id = json.loads(answer.body)["data"]["publish_id"]
        return replace(seeded, begun=replace(begun, publish_id=publish_id))

    def good_request(
        self, operation: Operation[..., Any], seeded: Seeded | None = None
    ) -> tuple[str, bytes]:
        """Return the query and body of a good request."""
        wire = encode(operation, request_of(operation, seeded or self.seeded))
        return wire.query, wire.body or b""

    def kind(self, operation: Operation[..., Any]) -> dict[str, str]:
        """Return the Content-Type of a good request."""
        wire = encode(operation, request_of(operation, self.seeded))
        return {"Content-Type": wire.content_type} if wire.content_type else {}

    # requests

    def ask(self, data: bytes) -> Answer:
        """Send a request on the kept connection."""
        return self.record(self.line.ask(data))

    def ask_on_new_connection(self, data: bytes) -> Answer:
        return self.record(self.line.ask_on_new_connection(data))

    def record(self, answer: Answer) -> Answer:
        self.answers.append(answer.whole)
        self.handed.update(one.decode() for one in _CAPABILITY.findall(answer.body))
        return answer

    def call_proxy(
        self,
        operation: Operation[..., Any],
        who: str = "whole",
        account: str | None = MINE,
        *,
        path: str | None = None,
        method: str | None = None,
        query: str | None = None,
        body: bytes | None = None,
        headers: list[tuple[str, str]] | None = None,
        key: str | None = None,
    ) -> Answer:
        """Send a good request through the proxy, except for the parts that are passed."""
        known, sent = self.good_request(operation)
        known, sent = known if query is None else query, sent if body is None else body
        base = "/agents/proxy" if account is None else f"/agents/proxy/@{account}"
        target = f"{base}{operation.path}" if path is None else path
        said = [("Authorization", f"Bearer {key or self.keys[who]}"), *self.kind(operation).items()]
        return self.ask(
            request(
                method or operation.method,
                f"{target}?{known}" if known else target,
                said if headers is None else headers,
                sent,
            )
        )

    # MCP

    def arguments(self, operation: Operation[..., Any]) -> dict[str, Any]:
        """Return the arguments of a good call of an operation's tool."""
        return json_of(operation, self.seeded)

    def tool_arguments(self, name: str) -> dict[str, Any]:
        """Return the arguments of a good call of a job tool. Its posts differ each time, since
        equal ones are the same post."""
        if name not in TOOLS:
            return {}
        example = TOOLS[name]
        found = example.arguments(replace(self.seeded, media=self.site.url))
        return found | {"again": True} if example.operation.begins_post else found

    def call_tool(
        self,
        way: Way,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        who: str = "whole",
        **more: Any,
    ) -> Answer:
        """Call a tool; `more` adds members to the message, or replaces them."""
        self._number += 1
        params = {"name": name, "arguments": dict(arguments or {})}
        message = {"jsonrpc": "2.0", "id": self._number, "method": "tools/call", "params": params}
        return self.send_message(way, json.dumps(message | more).encode(), who)

    def call_operation(
        self,
        way: Way,
        operation: Operation[..., Any],
        who: str = "whole",
        account: str | None = MINE,
        **more: Any,
    ) -> Answer:
        """Call the tool of an operation with good arguments, except for those that are passed."""
        named = {} if account is None or not operation.subject.is_account else {"account": account}
        asked = self.arguments(operation) | named | more
        return self.call_tool(way, operation.id.replace(".", "_"), asked, who)

    def send_message(
        self,
        way: Way,
        message: bytes,
        who: str = "whole",
        headers: list[tuple[str, str]] | None = None,
        target: str = "/mcp",
        method: str = "POST",
        sure: bool = True,
    ) -> Answer:
        """Send any bytes to the MCP server. `sure`: an answer is expected."""
        if way is Way.STDIO:
            return self.record(self.bridge(who).ask(message, sure))
        said = self.mcp_headers(who) if headers is None else headers
        return self.ask(request(method, target, said, message))

    def mcp_headers(self, who: str) -> list[tuple[str, str]]:
        return [
            ("Authorization", f"Bearer {self.keys[who]}"),
            ("Accept", "application/json, text/event-stream"),
            ("Content-Type", "application/json"),
            ("MCP-Protocol-Version", "2025-11-25"),
        ]

    def bridge(self, who: str) -> Bridge:
        """Return the process of an agent's stdio transport."""
        if who not in self._bridges:
            self._bridges[who] = Bridge(self.service.url, self.keys[who])
        return self._bridges[who]

    def close(self) -> None:
        self.line.close()
        for one in self._bridges.values():
            one.close()

    # jobs

    @cached_property
    def _handlers(self) -> dict[str, Callable[[str], JobResult]]:
        services = self.service.services
        every = {**services.job_handlers(), **extend(services).handlers}
        return {
            kind: given.handler if isinstance(given, Batched) else given
            for kind, given in every.items()
        }

    def run_due_jobs(self) -> None:
        """Run all due jobs in this thread, as a worker does: accepted posts go to TikTok.

        Status polls of posts are left out: they would reach TikTok during a later attack, and count
        as a part of it.
        """
        database, clock = self.service.services.database, self.service.services.clock
        for _ in range(60):
            rows = schedule.take(database, "attacks", clock.now(), time.time(), 30, 16)
            if not rows:
                return
            schedule.done(database, [row.id for row in rows])
            for row in (one for one in rows if one.kind != FOLLOW):
                while self._handlers[row.kind](row.ref) is JobResult.AGAIN:
                    pass
        raise AssertionError(f"there is always something due: {rows}")

    def run_concurrently(self, kind: str, ref: str, workers: int) -> None:
        """Run one job on several workers at once."""
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(self._handlers[kind], [ref] * workers))

    def delete_due_rows(self, kind: str) -> None:
        """Delete the due rows of a kind, so that no worker runs them."""
        with self.service.services.database.begin() as connection:
            connection.execute(text("DELETE FROM due_rows WHERE kind = :kind"), {"kind": kind})

    def number(self) -> int:
        """Return a number that was never used."""
        self._number += 1
        return self._number

    # agents and grants

    def set_grants(self, who: str, *rights: Right, **more: Any) -> None:
        """Replace an agent's grants; `more` is the body in place of rights."""
        actor = ACTORS[who]
        body = more or {"grants": [self._grant(right) for right in rights]}
        self.service.api("PUT", f"/api/agents/{self.ids[who]}/grants", body, org=actor.org)

    def _grant(self, right: Right) -> dict[str, Any]:
        named = {"integrationId": self.accounts[right.account]} if right.account else {}
        return {
            "resource": right.resource.value,
            "level": right.level,
            "conditions": dict(right.conditions),
            "askFirst": right.ask,
            **named,
        }

    def change(self, who: str, **body: Any) -> None:
        self.service.api("PATCH", f"/api/agents/{self.ids[who]}", body, org=ACTORS[who].org)

    def create_agent(self, actor: Actor) -> None:
        """Create an actor's agent with its grants, and end it as the actor says."""
        body = {"name": actor.name, "callsPerMinute": CALLS, "tools": "all"}
        made = self.service.api("POST", "/api/agents", body, org=actor.org)
        self.ids[actor.name], self.keys[actor.name] = made["id"], made["key"]
        if actor.rights:
            self.set_grants(actor.name, *actor.rights)
        path = f"/api/agents/{made['id']}"
        if actor.name == "over":
            self.service.api("POST", f"{path}/keys", {"overlapHours": 0})
        if actor.name == "halted":
            self.service.api("POST", f"{path}/stop")
        if actor.name == "gone":
            # an application that caches look-ups has seen it
            self.call_proxy(OPERATIONS["display.user_info"], actor.name)
            self.service.api("DELETE", path)

    def owner(self, agent_id: str | None) -> Actor | None:
        """Return the actor with this agent's id."""
        return next((ACTORS[name] for name, one in self.ids.items() if one == agent_id), None)

    def handle(self, account: str | None) -> str | None:
        return next((name for name, one in self.accounts.items() if one == account), None)
