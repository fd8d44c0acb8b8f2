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

from .actors import APPS, CAST, MINE, SECRETS, THEIRS, Player, Right
from .attack import Way
from .bridge import Bridge
from .wire import Answer, Line, request

CREATORS = (*SCOPES, "user.info.stats", str(Scope.PORTABILITY_ALL_ONGOING))
CALLS = 6_000
MEDIA, PULLED = "https://m.example.com", "https://pulled.example.com"
"""Where media of others are, and where TikTok pulls Stagedoor's own from: verified domains."""
_CAPABILITY = re.compile(rb"/upload/([\w-]{20,})")
OPERATIONS = catalogue.operations()


@dataclass
class Arena:
    """`keys` and `ids` are of the cast by name, `accounts` integration ids by handle. `agents` is
    a gateway beside the one that serves: it only looks."""

    running: Running
    local: Local
    service: Service
    agents: Agents
    site: Site
    """Has the media that `MEDIA` names; TikTok finds it there, Stagedoor at its own address."""
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    ids: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    seeded: Seeded = field(init=False, repr=False)
    """The ids that good requests for acme's first account contain."""
    seeded_elsewhere: Seeded = field(init=False, repr=False)
    """The same of globex's account."""
    answers: list[bytes] = field(default_factory=list, repr=False)
    """Everything that came back."""
    consents: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)
    """What people have approved and wasn't done yet: agent, operation, account."""
    handed: set[str] = field(default_factory=set, repr=False)
    """Capabilities that an agent was given: they may stand in its own answers, nowhere else."""

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

    def begin_anew(self) -> None:
        """Begin what good requests name: an example may end what it names."""
        self.seeded = self._seeded_for("whole", MINE)
        self.seeded_elsewhere = self._seeded_for("rival", THEIRS)

    def _seeded_for(self, who: str, handle: str) -> Seeded:
        """Begin an entity of each kind for an account. The agent begins the post through the
        gateway, which knows no other posts."""
        org = CAST[who].org
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

    def good(
        self, operation: Operation[..., Any], seeded: Seeded | None = None
    ) -> tuple[str, bytes]:
        """Query and body of a good request."""
        wire = encode(operation, request_of(operation, seeded or self.seeded))
        return wire.query, wire.body or b""

    def kind(self, operation: Operation[..., Any]) -> dict[str, str]:
        """The Content-Type of a good request."""
        wire = encode(operation, request_of(operation, self.seeded))
        return {"Content-Type": wire.content_type} if wire.content_type else {}

    # speaking

    def ask(self, data: bytes) -> Answer:
        """One request on the kept connection."""
        return self.heard(self.line.ask(data))

    def apart(self, data: bytes) -> Answer:
        return self.heard(self.line.apart(data))

    def heard(self, answer: Answer) -> Answer:
        self.answers.append(answer.whole)
        self.handed.update(one.decode() for one in _CAPABILITY.findall(answer.body))
        return answer

    def proxied(
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
        """A good request through the proxy, but for what is said otherwise."""
        known, sent = self.good(operation)
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

    # speaking MCP

    def arguments(self, operation: Operation[..., Any]) -> dict[str, Any]:
        """Those of a good call of an operation's tool."""
        return json_of(operation, self.seeded)

    def tool_arguments(self, name: str) -> dict[str, Any]:
        """Those of a good call of a job tool. Its posts differ each time: the same ones again are
        the same post."""
        if name not in TOOLS:
            return {}
        example = TOOLS[name]
        found = example.arguments(replace(self.seeded, media=self.site.url))
        return found | {"again": True} if example.operation.begins_post else found

    def tool(
        self,
        way: Way,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        who: str = "whole",
        **more: Any,
    ) -> Answer:
        """A call of a tool; `more` stands in the message, or in the place of what is there."""
        self._number += 1
        params = {"name": name, "arguments": dict(arguments or {})}
        message = {"jsonrpc": "2.0", "id": self._number, "method": "tools/call", "params": params}
        return self.message(way, json.dumps(message | more).encode(), who)

    def operated(
        self,
        way: Way,
        operation: Operation[..., Any],
        who: str = "whole",
        account: str | None = MINE,
        **more: Any,
    ) -> Answer:
        """A good call of the tool that stands for an operation, but for what is said otherwise."""
        named = {} if account is None or not operation.subject.is_account else {"account": account}
        asked = self.arguments(operation) | named | more
        return self.tool(way, operation.id.replace(".", "_"), asked, who)

    def message(
        self,
        way: Way,
        message: bytes,
        who: str = "whole",
        headers: list[tuple[str, str]] | None = None,
        target: str = "/mcp",
        method: str = "POST",
        sure: bool = True,
    ) -> Answer:
        """Anything at all to the MCP server. `sure`: it is answered."""
        if way is Way.STDIO:
            return self.heard(self.bridge(who).ask(message, sure))
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
        """An agent's stdio, as a process of its own."""
        if who not in self._bridges:
            self._bridges[who] = Bridge(self.service.url, self.keys[who])
        return self._bridges[who]

    def close(self) -> None:
        self.line.close()
        for one in self._bridges.values():
            one.close()

    # working

    @cached_property
    def _handlers(self) -> dict[str, Callable[[str], JobResult]]:
        services = self.service.services
        every = {**services.job_handlers(), **extend(services).handlers}
        return {
            kind: given.handler if isinstance(given, Batched) else given
            for kind, given in every.items()
        }

    def carry(self) -> None:
        """Do what is due, in this thread, as a worker does: posts that were begun go to TikTok.

        Nobody asks TikTok afterwards what became of a post: the question would reach it during
        some later attack, and count as that attack's.
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

    def carry_at_once(self, kind: str, ref: str, workers: int) -> None:
        """Several workers that were given the same."""
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(self._handlers[kind], [ref] * workers))

    def forget_due(self, kind: str) -> None:
        """No worker gets to it."""
        with self.service.services.database.begin() as connection:
            connection.execute(text("DELETE FROM due_rows WHERE kind = :kind"), {"kind": kind})

    def number(self) -> int:
        """Another one each time."""
        self._number += 1
        return self._number

    # giving

    def give(self, who: str, *rights: Right, **more: Any) -> None:
        """Replace what an agent was given; `more` is the body in place of rights."""
        player = CAST[who]
        body = more or {"grants": [self._grant(right) for right in rights]}
        self.service.api("PUT", f"/api/agents/{self.ids[who]}/grants", body, org=player.org)

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
        self.service.api("PATCH", f"/api/agents/{self.ids[who]}", body, org=CAST[who].org)

    def make(self, player: Player) -> None:
        """An agent of the cast, with what it was given and how it ended."""
        body = {"name": player.name, "callsPerMinute": CALLS, "tools": "all"}
        made = self.service.api("POST", "/api/agents", body, org=player.org)
        self.ids[player.name], self.keys[player.name] = made["id"], made["key"]
        if player.rights:
            self.give(player.name, *player.rights)
        path = f"/api/agents/{made['id']}"
        if player.name == "over":
            self.service.api("POST", f"{path}/keys", {"overlapHours": 0})
        if player.name == "halted":
            self.service.api("POST", f"{path}/stop")
        if player.name == "gone":
            # a door that keeps look-ups has seen it
            self.proxied(OPERATIONS["display.user_info"], player.name)
            self.service.api("DELETE", path)

    def owner(self, agent_id: str | None) -> Player | None:
        """Whose id it is."""
        return next((CAST[name] for name, one in self.ids.items() if one == agent_id), None)

    def handle(self, account: str | None) -> str | None:
        return next((name for name, one in self.accounts.items() if one == account), None)
