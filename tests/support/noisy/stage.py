"""The service and the emulator as processes, with two organisations connected."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from stagedoor.cli.demo.processes import EmulatorProcess, ServiceProcess, free_port
from stagedoor.cli.remote import Remote
from stagedoor.connector import keys, settings
from stagedoor.connector.clock import clock
from stagedoor.connector.tenants.roles import Role
from stagedoor.connector.tenants.tokens import mint
from tests.connector.conftest import SCOPES
from tests.support.connecting import RETURN_URL, consent

NOISY, QUIET = "noisy", "quiet"
_ROOT = Path(__file__).parents[3]
_SECONDS = 86_400.0
POSTING = {"resource": "posting", "level": "full"}
READING = {"resource": "profile", "level": "read"}
OPEN = {"STAGEDOOR_FETCH_PRIVATE": "1"}
"""Settings under which the noisy organisation's URLs on loopback are fetched."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent of an organisation, and its key."""

    id: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organisation with one connected account. `viewer` is a JWT of the least role."""

    org: str
    handle: str
    admin: Remote
    token: str = field(repr=False)
    viewer: str = field(repr=False)

    def agent(self, name: str, *grants: Mapping[str, Any], calls_per_minute: int = 6000) -> Agent:
        body = {"name": name, "callsPerMinute": calls_per_minute}
        made = self.admin.send("POST", "/api/agents", body)
        self.admin.send("PUT", f"/api/agents/{made['id']}/grants", {"grants": list(grants)})
        return Agent(made["id"], made["key"])


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything runs. `attack` starts the noisy organisation's process."""

    folder: Path
    url: str
    tiktok_url: str
    noisy: Tenant
    quiet: Tenant

    @contextmanager
    def attack(self, names: Sequence[str], target: Mapping[str, Any]) -> Iterator[Attack]:
        """The attacks run while the block lasts."""
        command = [sys.executable, "-m", "tests.support.noisy.attacks", json.dumps(target), *names]
        process = subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        attack = Attack(process)
        try:
            attack.line("begun")
            yield attack
        finally:
            attack.end()


@dataclass
class Attack:
    """The noisy organisation's process; `answers` is filled when it has ended."""

    process: subprocess.Popen[str]
    answers: dict[str, dict[str, int]] = field(default_factory=dict)
    """By attack: the answers it got (HTTP status, `closed` for a connection that the service
    ended, `held` for one that it never answered), and how many of each."""

    def line(self, name: str) -> Any:
        assert self.process.stdout is not None
        said = json.loads(self.process.stdout.readline())
        assert name in said, said
        return said[name]

    def end(self) -> None:
        if self.process.poll() is None and self.process.stdin is not None:
            self.process.stdin.close()
            self.answers = self.line("answers")
            self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def running(environment: Mapping[str, str] | None = None) -> Iterator[Stage]:
    """Both processes, on SQLite, with two organisations."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stagedoor-noisy-")))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        emulator = stack.enter_context(EmulatorProcess(f"{url}/connect/webhook/tiktok"))
        before = {name: os.environ.get(name) for name in (environment or {})}
        os.environ.update(environment or {})
        try:
            service = ServiceProcess(folder, port, emulator.url, url)
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
        stack.enter_context(service)
        told = {
            "STAGEDOOR_DATA": str(folder / "data"),
            "STAGEDOOR_HOME": str(folder / "home"),
            "STAGEDOOR_TIKTOK_URL": emulator.url,
        }
        tiktok = stack.enter_context(httpx2.Client(base_url=f"{emulator.url}/_emulator/"))
        changed = {"rate_limits": False, "processing_seconds": 0.05, "moderation_seconds": 0.05}
        tiktok.patch("settings", json=changed).raise_for_status()
        noisy, quiet = (_tenant(stack, url, org, told, tiktok) for org in (NOISY, QUIET))
        yield Stage(folder, url, emulator.url, noisy, quiet)


def _tenant(
    stack: ExitStack, url: str, org: str, told: Mapping[str, str], tiktok: httpx2.Client
) -> Tenant:
    loaded = settings.load(environ=told)
    secret = keys.load(loaded.keys_file, {}).jwt
    now = clock(loaded.clock_url).now()

    def token(role: Role) -> str:
        return mint(loaded.jwt, secret, org=org, user=org, role=role, now=now, seconds=_SECONDS)

    admin = stack.enter_context(Remote(url, token(Role.ADMIN)))
    handle = f"{org}.creator"
    tiktok.post("creators", json={"username": handle}).raise_for_status()
    asked = admin.call("get-auth-url", scopes=list(SCOPES), returnUrl=RETURN_URL)
    back = admin.http.get(consent(asked["authUrl"], handle))
    assert "integration=connected" in back.headers.get("location", ""), back.text
    return Tenant(org, handle, admin, token(Role.ADMIN), token(Role.VIEWER))


def target(stage: Stage) -> dict[str, Any]:
    """The means of the noisy organisation; the fields of `attacks.Target`."""
    tenant, send = stage.noisy, stage.noisy.admin.send
    stopped, ended = tenant.agent("Stopped", READING), tenant.agent("Ended", READING)
    send("POST", f"/api/agents/{stopped.id}/stop")
    send("POST", f"/api/agents/{ended.id}/keys", {"overlapHours": 0})
    return {
        "url": stage.url,
        "org": tenant.org,
        "handle": tenant.handle,
        "token": tenant.token,
        "viewer": tenant.viewer,
        "keys": {
            "bare": tenant.agent("Bare").key,
            "stopped": stopped.key,
            "ended": ended.key,
            "granted": tenant.agent("Granted", READING).key,
            "slow": tenant.agent("Slow", calls_per_minute=1).key,
        },
        "posters": [tenant.agent(f"Poster {number}", POSTING).key for number in range(5)],
    }
