"""The control object of a local TikTok, in this process or on a port."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from stagedoor.emulator.background import Running, running, without_port
from stagedoor.emulator.beginning import options as beginning
from stagedoor.emulator.products.webhooks.state import DELIVERIES, WebhookDelivery
from stagedoor.emulator.world import RecordedRequest, World

from . import consent
from .compute import Compute
from .control import Control
from .parts import EmulatorClock, Faults, LocalCreators, LocalWebhooks, MediaHosts, TokenIssuer
from .transports import AsyncTransport, BlockingTransport, LoopTransport

T = TypeVar("T")
_SECONDS = 60


class TikTokEmulator:
    """A local TikTok under the control of a test.

    `url` is its address: `Hosts.at(emulator.url)` points a client at it. In process, a client also
    needs `transport` (`TikTok`) or `async_transport` (`AsyncTikTok`); on a port both are None.
    """

    def __init__(self, emulator: Running, http: httpx2.Client, loop: LoopTransport | None) -> None:
        self._running = emulator
        self._http = http
        control = Control(http)
        self.transport = None if loop is None else BlockingTransport(loop)
        self.async_transport = None if loop is None else AsyncTransport(loop)
        self.creators = LocalCreators(control)
        self.clock = EmulatorClock(control)
        self.tokens = TokenIssuer(control, self.clock.now)
        self.faults = Faults(control)
        self.webhooks = LocalWebhooks(control)
        self.media = MediaHosts(control)
        self.compute = Compute(control, emulator.allow_scripts)
        self._control = control

    @property
    def url(self) -> str:
        return self._running.url

    @property
    def world(self) -> World:
        """The state itself, for what the control object lacks. Read it freely; change it by the
        control routes."""
        return self._running.world

    @property
    def requests(self) -> list[RecordedRequest]:
        """The calls that TikTok answered, newest last: operation, path, status, code, log id."""
        return self._read(lambda world: list(world.requests))

    @property
    def deliveries(self) -> list[WebhookDelivery]:
        """The webhooks, newest last, each with its attempts. They are copies."""
        return self._read(
            lambda world: [
                replace(one, attempts=list(one.attempts)) for one in world[DELIVERIES].values()
            ]
        )

    def consent(
        self,
        login_url: str,
        *,
        creator: str | None = None,
        deny: bool = False,
        untick: Iterable[str] = (),
    ) -> str:
        """Answer the page to which a login leads, and return the URL that the browser is sent back
        to: what a client's `finish_login` takes.

        The person allows everything as the first creator, unless `creator`, `deny` or `untick`
        (scopes; for ads, ids of ad accounts) say otherwise. Raises `ControlRefused` where TikTok
        shows an error page.
        """
        return consent.walk(self._http, login_url, creator=creator, deny=deny, untick=untick)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Call any other control route (docs/emulator.md), such as `("POST", "videos", {...})`, and
        return its answer. Raises `ControlRefused`."""
        return self._control.send(method, path, body)

    def settings(self, **changed: object) -> None:
        """Change settings of the local TikTok (docs/emulator.md), until the next reset."""
        self._control.send("PATCH", "settings", changed)

    def reset(self) -> None:
        """Return to the state in which it was started."""
        self.media.close()
        self._running.reset()

    def _read(self, read: Callable[[World], T]) -> T:
        return self._running.on_loop(lambda: read(self._running.world))


@contextmanager
def on_port(
    seed: int = 1,
    port: int = 0,
    *,
    now: str | float | None = None,
    videos: int | None = None,
    world: str | Path | None = None,
) -> Iterator[TikTokEmulator]:
    """A local TikTok on a loopback port; 0: any free port. Each has a world of its own.

    `now`, `videos` and `world` are those of `in_process`.
    """
    with ExitStack() as stack:
        started = stack.enter_context(running(seed, port, **beginning(now, videos, world)))
        http = httpx2.Client(base_url=started.url, timeout=_SECONDS, trust_env=False)
        made = TikTokEmulator(started, stack.enter_context(http), None)
        stack.callback(made.media.close)
        yield made


@contextmanager
def in_process(
    seed: int = 1,
    *,
    now: str | float | None = None,
    videos: int | None = None,
    world: str | Path | None = None,
) -> Iterator[TikTokEmulator]:
    """A local TikTok without a port, reached by its transports. Each has a world of its own.

    The clock begins at `now`, an RFC 3339 time or Unix seconds: with the same `seed` and `now`,
    ids, tokens and content are the same in every process. `videos` (10 to 1,000,000) is how many
    there are. `world` is a world file (docs/emulator.md), whose people, posts and apps are added.
    Raises `WorldFileError`, which names line and field, and ValueError for a wrong `now`.
    """
    with ExitStack() as stack:
        started = stack.enter_context(without_port(seed, **beginning(now, videos, world)))
        loop = LoopTransport(started.application, started.loop)
        http = httpx2.Client(base_url=started.url, transport=BlockingTransport(loop))
        made = TikTokEmulator(started, stack.enter_context(http), loop)
        stack.callback(made.media.close)
        yield made
