"""The service and TikTok with two organisations in them, for many attacks at once."""

from __future__ import annotations

import json
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from stagedoor.agents.container import Agents
from stagedoor.agents.extension import extend
from stagedoor.connector import settings as settings_module
from stagedoor.connector.container import Container
from stagedoor.connector.jobs import Batched, JobResult
from stagedoor.connector.schedule import store as schedule
from stagedoor.emulator import Running, running
from stagedoor.emulator.world import World
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation, Subject
from stagedoor.platform.scopes import Scope
from stagedoor.platform.wire import encode
from tests.connector.conftest import SCOPES, Service, serving
from tests.support import good
from tests.support.connecting import connect
from tests.support.local import Local

from .attack import Way
from .bridge import Bridge
from .cast import ACME, APPS, CAST, HOMES, MINE, SECRETS, Player, Right
from .wire import Answer, Line, request

CREATORS = (*SCOPES, "user.info.stats", str(Scope.PORTABILITY_ALL_ONGOING))
_EVERY = [*CREATORS, *(str(one) for one in Scope if one.startswith("research."))]
_CALLS = 6_000
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
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    ids: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    answers: list[bytes] = field(default_factory=list, repr=False)
    """Everything that came back."""
    consents: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)
    """What people have approved and wasn't done yet: agent, operation, account."""
    handed: set[str] = field(default_factory=set, repr=False)
    """Capabilities that an agent was given: they may stand in its own answers, nowhere else."""

    _number: int = 0
    _bridges: dict[str, Bridge] = field(default_factory=dict, repr=False)

    @property
    def world(self) -> World:
        return self.running.world

    @cached_property
    def line(self) -> Line:
        return Line(self.service.url)

    @cached_property
    def values(self) -> dict[str, dict[str, Any]]:
        """A good request for every operation."""
        asked = {"client_key": APPS[ACME], "scopes": list(CREATORS), "creator": MINE}
        user = self.local.control("POST", "tokens", asked)["access_token"]
        form = {"client_key": APPS[ACME], "client_secret": SECRETS[ACME]}
        own = self.local.http.post(
            "/v2/oauth/token/", data=form | {"grant_type": "client_credentials"}
        ).json()["access_token"]
        bearers = ({"authorization": f"Bearer {one}"} for one in (user, own))
        return good.requests(self.world, good.begin(self.local.http, *bearers))

    def good(self, operation: Operation[..., Any]) -> tuple[str, bytes]:
        """Query and body of a good request."""
        wire = encode(operation, operation.request(**self.values[operation.id]))
        return wire.query, wire.body or b""

    def kind(self, operation: Operation[..., Any]) -> dict[str, str]:
        """The Content-Type of a good request."""
        wire = encode(operation, operation.request(**self.values[operation.id]))
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
        asked = operation.request(**self.values[operation.id])
        found: dict[str, Any] = asked.model_dump(mode="json", exclude_none=True)
        return found

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
        named = (
            {}
            if account is None or operation.subject is not Subject.CREATOR
            else {"account": account}
        )
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
        """Do what is due, in this thread, as a worker does: posts that were begun go to TikTok."""
        database, clock = self.service.services.database, self.service.services.clock
        for _ in range(60):
            rows = schedule.take(database, "attacks", clock.now(), time.time(), 30, 16)
            if not rows:
                return
            schedule.done(database, [row.id for row in rows])
            for row in rows:
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
        body = {"name": player.name, "callsPerMinute": _CALLS, "tools": "all"}
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


def settings_of(data: Path, database_url: str, bound: socket.socket, tiktok: str) -> dict[str, str]:
    return {
        "STAGEDOOR_DATA": str(data),
        "STAGEDOOR_HOME": str(data / "home"),
        "STAGEDOOR_DATABASE_URL": database_url,
        "STAGEDOOR_PUBLIC_URL": f"http://127.0.0.1:{bound.getsockname()[1]}",
        "STAGEDOOR_TIKTOK_URL": tiktok,
        "STAGEDOOR_CLOCK": f"{tiktok}/_emulator/clock",
    }


@contextmanager
def arena(data: Path, database_url: str, more: Mapping[str, str] | None = None) -> Iterator[Arena]:
    """All of it, with the whole cast on the stage."""
    with ExitStack() as stack:
        tiktok = stack.enter_context(running())
        http = stack.enter_context(httpx2.Client(base_url=tiktok.url, timeout=30))
        local = Local(tiktok.url, http)
        local.settings(processing_seconds=0.05, moderation_seconds=0.05, export_seconds=0)
        bound = stack.enter_context(socket.socket())
        bound.bind(("127.0.0.1", 0))
        environ = settings_of(data, database_url, bound, tiktok.url) | dict(more or {})
        services = Container.build(settings_module.load(environ=environ))
        stack.callback(services.close)
        service = stack.enter_context(contextmanager(serving)(services, bound, None, extend))
        made = Arena(tiktok, local, service, Agents(services))
        stack.callback(made.close)
        _connect(made)
        for player in CAST.values():
            made.make(player)
        yield made


def _connect(made: Arena) -> None:
    back = f"{made.service.url}/connect/oauth2callback/tiktok"
    for org, handles in HOMES.items():
        app = {
            "client_key": APPS[org],
            "client_secret": SECRETS[org],
            "scopes": _EVERY,
            "state": "Live",
            "audited": True,
            "redirect_uris": {"desktop": [back]},
        }
        made.local.control("POST", "apps", app)
        own = {"clientKey": APPS[org], "clientSecret": SECRETS[org], "scopes": list(CREATORS)}
        made.service.api("PUT", "/api/apps/tiktok", own, org=org)
        for handle in handles:
            told = connect(made.service, org, handle, scopes=list(CREATORS))
            made.accounts[handle] = told["integrationId"]
