"""A whole Stagedoor: a local TikTok, the service with its worker, and an organisation in it."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2

from stagedoor.cli.remote import Remote
from stagedoor.connector import keys, settings
from stagedoor.connector.clock import clock
from stagedoor.connector.tenants.roles import Role
from stagedoor.connector.tenants.tokens import mint
from stagedoor.platform.products import display, posting
from stagedoor.platform.scopes import USER_SCOPES
from tests.support.connecting import RETURN_URL, consent

from .process import ENVIRONMENT, ROOT, answers, free_port, stop, wait_until
from .start import COMMAND

ORG = "acme"
APP, SECRET = "emulator-client-key", "emulator-client-secret"
OTHER = "emulator-unaudited-key"
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Stage:
    """`org` speaks as an admin of an organisation with these accounts connected."""

    folder: Path
    process: subprocess.Popen[bytes]
    url: str
    tiktok_url: str
    org: Remote
    accounts: list[str]


@contextlib.contextmanager
def running(creators: int = 1) -> Iterator[Stage]:
    """On SQLite, as `stagedoor serve` runs where nothing is set up."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stagedoor-service-")))
        log = stack.enter_context((folder / "log.txt").open("wb"))
        port, tiktok_port = free_port(), free_port()
        url, tiktok_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{tiktok_port}"
        environment = {
            "STAGEDOOR_DATA": str(folder / "data"),
            "STAGEDOOR_HOME": str(folder / "home"),
            "STAGEDOOR_PUBLIC_URL": url,
            "STAGEDOOR_TIKTOK_URL": tiktok_url,
            "TIKTOK_CLIENT_KEY": OTHER,
            "TIKTOK_CLIENT_SECRET": SECRET,
        }

        def started(name: str, at: int, *arguments: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [COMMAND, name, "--port", str(at), *arguments],
                cwd=ROOT,
                env=ENVIRONMENT | environment,
                stdout=log,
                stderr=log,
            )
            stack.callback(stop, process)
            wait_until(lambda: answers(at), process, f"stagedoor {name}")
            return process

        started("emulator", tiktok_port, "--webhook", f"{url}/connect/webhook/tiktok")
        process = started("serve", port)
        tiktok = stack.enter_context(httpx2.Client(base_url=f"{tiktok_url}/_emulator/"))
        changed = {"rate_limits": False, "processing": "immediate"}
        tiktok.patch("settings", json=changed).raise_for_status()
        org = stack.enter_context(Remote(url, _token(environment)))
        _bring_app(org)
        for number in range(creators):
            _connect(org, tiktok, number)
        accounts = org.send("GET", "/api/integrations?limit=100")["integrations"]
        yield Stage(folder, process, url, tiktok_url, org, [str(one["id"]) for one in accounts])


def _token(environment: dict[str, str]) -> str:
    loaded = settings.load(environ=environment)
    secret = keys.load(loaded.keys_file, {}).jwt
    now = clock(loaded.clock_url).now()
    return mint(loaded.jwt, secret, org=ORG, user="bench", role=Role.ADMIN, now=now, seconds=_DAY)


def _bring_app(org: Remote) -> None:
    """An app whose limits TikTok has raised: pacing stays on, and isn't what is measured."""
    raised = {"requests": 1_000, "perSeconds": 1}
    paced = (posting.CREATOR_INFO, posting.VIDEO_INIT, posting.STATUS, display.VIDEO_LIST)
    app = {"clientKey": APP, "clientSecret": SECRET, "limits": {one.id: raised for one in paced}}
    org.send("PUT", "/api/apps/tiktok", app)


def _connect(org: Remote, tiktok: httpx2.Client, number: int) -> None:
    """A creator who hasn't been there before."""
    name = f"creator.{number}"
    tiktok.post("creators", json={"username": name}).raise_for_status()
    asked = org.call("get-auth-url", scopes=list(USER_SCOPES), returnUrl=RETURN_URL)
    back = org.http.get(consent(asked["authUrl"], name))
    if "integration=connected" not in back.headers.get("location", ""):
        raise RuntimeError(f"{name} wasn't connected: {back.text}")
