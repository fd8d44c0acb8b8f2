"""The service on both databases, on real HTTP, beside the local TikTok."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import uvicorn
from dbos import DBOS

from stagedoor.cli.demo import consent
from stagedoor.connector import settings as settings_module
from stagedoor.connector.body_deadline import BodyPaces
from stagedoor.connector.container import Container
from stagedoor.connector.database import Database
from stagedoor.connector.database.migrate import upgrade
from stagedoor.connector.extension import MakeExtension, no_extension
from stagedoor.connector.serving import make_app, make_worker, server_config
from stagedoor.connector.settings import Settings
from stagedoor.connector.tenants.roles import Role
from stagedoor.connector.tenants.tokens import mint
from stagedoor.connector.worker import Worker
from tests.support import media, postgres, quick
from tests.support.documented import Declared
from tests.support.local import Local, emulator
from tests.support.postgres import Postgres
from tests.support.probing import kept_children
from tests.support.time_passing import skipped_waits

SCOPES = ("user.info.basic", "user.info.profile", "video.list", "video.publish", "video.upload")

_START_SECONDS = 30.0
_ENGINES = ("sqlite", "postgres")
ENGINE = "engine.db"
"""The file of the job engine beside an SQLite database."""


@pytest.fixture(scope="session")
def emulator_process() -> Iterator[str]:
    with emulator() as url:
        yield url


@pytest.fixture(scope="session")
def emulator_http(emulator_process: str) -> Iterator[httpx2.Client]:
    with quick.client(emulator_process) as http:
        yield http


@pytest.fixture
def local(emulator_process: str, emulator_http: httpx2.Client) -> Local:
    """The local TikTok, as new for each test."""
    emulator_http.cookies.clear()
    local = Local(emulator_process, emulator_http)
    local.reset()
    return local


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: Postgres) -> str:
    name = postgres_server.copy()
    fill(postgres_server.url(name))
    make_engine_tables(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "stagedoor.db"
    fill(f"sqlite:///{path}")
    make_engine_tables(f"sqlite:///{path.with_name(ENGINE)}")
    return path


def fill(url: str) -> None:
    """Make all tables, as a start of the service does."""
    database = Database(url)
    upgrade(database)
    database.close()


def make_engine_tables(url: str) -> None:
    """Run the job engine's migrations, as the first start of a worker does."""
    DBOS.migrate(url)


@pytest.fixture(params=_ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An own database with all tables, on SQLite and on PostgreSQL in turn."""
    if request.param == "sqlite":
        path = tmp_path / "data" / "stagedoor.db"
        path.parent.mkdir(mode=0o700)
        template: Path = request.getfixturevalue("_sqlite_template")
        shutil.copyfile(template, path)
        shutil.copyfile(template.with_name(ENGINE), path.with_name(ENGINE))
        yield f"sqlite:///{path}"
    else:
        server: Postgres = request.getfixturevalue("postgres_server")
        name = server.copy(request.getfixturevalue("_postgres_template"))
        yield server.url(name)
        server.drop(name)


@pytest.fixture(params=_ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An own database without any table: for what makes tables itself."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty' / 'stagedoor.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres_server")
        name = server.copy()
        yield server.url(name)
        server.drop(name)


@pytest.fixture
def service_socket() -> Iterator[socket.socket]:
    """Bound before the service exists, so that its settings can say where it will answer."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound


@pytest.fixture
def environment(
    database_url: str, service_socket: socket.socket, local: Local, tmp_path: Path
) -> dict[str, str]:
    """The settings of the service, as its processes would be given them; change it freely."""
    return {
        "STAGEDOOR_DATA": str(tmp_path / "data"),
        "STAGEDOOR_HOME": str(tmp_path / "home"),
        "STAGEDOOR_DATABASE_URL": database_url,
        "STAGEDOOR_PUBLIC_URL": f"http://127.0.0.1:{service_socket.getsockname()[1]}",
        "STAGEDOOR_TIKTOK_URL": local.url,
        "STAGEDOOR_CLOCK": f"{local.url}/_emulator/clock",
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return settings_module.load(environ=environment)


@pytest.fixture
def services(settings: Settings, local: Local) -> Iterator[Container]:
    """The parts of a process of the service, on the emulator and its clock. It waits for
    nothing that TikTok's clock brings: the clock is moved on."""
    with kept_children():
        services = Container.build(settings)
        with skipped_waits(local, services.clock):
            yield services
        services.close()


def token(services: Container, org: str, role: str = "admin", user: str = "u1") -> str:
    """A JWT of the embedded default that outlives whatever the clock is moved by."""
    return mint(
        services.settings.jwt,
        services.keys.jwt,
        org=org,
        user=user,
        role=Role(role),
        now=services.clock.now(),
        seconds=10 * 365 * 86_400,
    )


@dataclass
class Service:
    """The service on a port, with a worker unless it was stopped."""

    url: str
    services: Container
    http: httpx2.Client
    worker: Worker | None = None
    declared: Declared | None = None
    _tokens: dict[tuple[str, str, str], str] = field(default_factory=dict, repr=False)

    def token(self, org: str = "acme", role: str = "admin", user: str = "u1") -> str:
        if (org, role, user) not in self._tokens:
            self._tokens[org, role, user] = token(self.services, org, role, user)
        return self._tokens[org, role, user]

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        org: str = "acme",
        role: str = "admin",
        user: str = "u1",
        headers: dict[str, str] | None = None,
        **query: Any,
    ) -> httpx2.Response:
        """A tenant's request; gives whatever came back."""
        said = {"orgid": org, "authorization": f"Bearer {self.token(org, role, user)}"}
        return self.http.request(
            method, path, json=body, params=query or None, headers=said | (headers or {})
        )

    def api(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A tenant's request that must succeed; gives its JSON."""
        answer = self.send(method, path, body, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def connect(self, org: str = "acme", scopes: Sequence[str] = SCOPES) -> str:
        """Connect the local TikTok's first creator, as a browser does; the integration's id."""
        asked = {"scopes": list(scopes), "returnUrl": "http://127.0.0.1:9/connected"}
        begun = self.api("POST", "/api/upstream/call/tiktok-provider/get-auth-url", asked, org=org)
        came_back = self.http.get(consent.answer(begun["authUrl"]))
        returned = parse_qs(urlsplit(came_back.headers["location"]).query)
        assert returned["integration"] == ["connected"], returned
        return returned["integrationId"][0]

    def until(self, check: Callable[[], Any], seconds: float = 20.0, what: str = "") -> Any:
        """Ask again until `check` gives something true; gives that."""
        end = time.monotonic() + seconds
        while not (found := check()):
            assert time.monotonic() < end, f"not within {seconds} s: {what or check}"
            time.sleep(0.02)
        return found


@pytest.fixture
def service_url(service: Service) -> str:
    return service.url


@pytest.fixture
def service(services: Container, service_socket: socket.socket) -> Iterator[Service]:
    """HTTP and a worker, in threads of this process."""
    yield from serving(services, service_socket, make_worker(services))


@pytest.fixture
def service_without_worker(services: Container, service_socket: socket.socket) -> Iterator[Service]:
    """HTTP alone: nothing becomes due, and the engine is never started."""
    yield from serving(services, service_socket, None)


def serving(
    services: Container,
    bound: socket.socket,
    worker: Worker | None,
    extend: MakeExtension = no_extension,
    paces: BodyPaces | None = None,
) -> Iterator[Service]:
    extension = extend(services)
    app = make_app(services, worker, extension, paces)
    declared = Declared(services, extension)
    config = server_config(app, services.settings.trusted_proxies)
    config.timeout_graceful_shutdown = 2
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([bound],), name="service", daemon=True)
    thread.start()
    end = time.monotonic() + _START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the service didn't start"
        assert time.monotonic() < end, "the service didn't start in time"
        time.sleep(0.005)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    try:
        hooks = {"response": [declared.check]}
        with quick.client(url, event_hooks=hooks) as http:
            yield Service(url, services, http, worker, declared)
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)
        assert not thread.is_alive(), "the service didn't stop"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A small real video: one chunk."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(media.video())
    return path
