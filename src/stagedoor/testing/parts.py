"""The parts of the control object: creators, tokens, clock, faults, media, webhooks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from stagedoor.client import Tokens

from .control import Control, ControlRefused

APP_KEY = "emulator-client-key"
"""The ready-made app that may do everything."""


@dataclass(frozen=True, slots=True)
class LocalCreator:
    """A creator of the local TikTok."""

    id: str
    username: str
    display_name: str
    private: bool
    region: str
    followers: int


class LocalCreators:
    """The creators who can connect apps; the first is the default everywhere."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(
        self,
        username: str,
        display_name: str | None = None,
        *,
        videos: int = 0,
        private: bool = False,
        followers: int = 0,
        region: str = "US",
        bio: str = "",
        verified: bool = False,
    ) -> LocalCreator:
        """Add a creator, with `videos` public posts of the last 30 days, at most 100,000.

        Raises `ControlRefused` for a username that is taken or that TikTok wouldn't allow; then
        nothing was added.
        """
        from stagedoor.emulator.products.community.control_bodies import MAX_VIDEOS

        if not 0 <= videos <= MAX_VIDEOS:  # told before there is a creator
            raise ControlRefused(f"videos: should be 0 to {MAX_VIDEOS:,}, not {videos}")
        made = self._control.send(
            "POST",
            "creators",
            {
                "username": username,
                "display_name": display_name,
                "private": private,
                "followers": followers,
                "region": region,
                "bio": bio,
                "verified": verified,
            },
        )
        if videos:
            wanted = {"creator": username, "count": videos}
            self._control.send("POST", "videos/batch", wanted)
        return _creator(made)

    def get(self, username: str) -> LocalCreator:
        """The creator with this username. Raises `ControlRefused` if there is none."""
        return _creator(self._control.get(f"creators/{username}"))

    def all(self) -> list[LocalCreator]:
        return [_creator(one) for one in self._control.listed("creators", "creators")]


def _creator(shown: dict[str, Any]) -> LocalCreator:
    return LocalCreator(**{name: shown[name] for name in LocalCreator.__slots__})


class TokenIssuer:
    """Tokens without the consent page."""

    def __init__(self, control: Control, now: Callable[[], float]) -> None:
        self._control, self._now = control, now

    def issue(
        self,
        username: str | None = None,
        scopes: Iterable[str] | None = None,
        *,
        client_key: str = APP_KEY,
    ) -> Tokens:
        """Tokens as if the creator had just consented; default: the first creator, all scopes.

        `scopes` are a list, or a text with commas between them, as TikTok writes them. For an app
        of TikTok API for Business (`client_key` is its app id), the tokens are those of an account
        holder. Raises `ControlRefused` for an unknown creator, app or scope.
        """
        listed = scopes.split(",") if isinstance(scopes, str) else scopes
        issued = self._control.send(
            "POST",
            "tokens",
            {
                "client_key": client_key,
                "creator": username,
                "scopes": None if listed is None else [str(one) for one in listed],
            },
        )
        now = self._now()
        return Tokens(
            access_token=issued["access_token"],
            refresh_token=issued["refresh_token"],
            open_id=issued["open_id"],
            scopes=tuple(filter(None, issued["scope"].split(","))),
            expires_at=now + issued["expires_in"],
            refresh_expires_at=now + issued["refresh_expires_in"],
        )

    def issue_for_ads(self, advertiser_ids: Sequence[str] | None = None) -> Tokens:
        """An advertiser's tokens, which reach these ad accounts; default: both ready-made ones."""
        named = None if advertiser_ids is None else list(advertiser_ids)
        issued = self._control.send("POST", "business/tokens", {"advertiser_ids": named})
        return Tokens(access_token=issued["access_token"])


class EmulatorClock:
    """The local TikTok's clock: real time until it is moved or frozen."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def now(self) -> float:
        """The time of the local TikTok, in Unix seconds."""
        return float(self._control.get("clock")["now"])

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> float:
        """Let time pass, and return the new time in Unix seconds.

        Each timer on the way (processing, expiry, a webhook's retry) fires at its own moment.
        """
        moved = days * 86_400 + hours * 3_600 + seconds
        return float(self._control.send("POST", "clock", {"advance": moved})["now"])

    def freeze(self) -> None:
        """Stop the clock; it moves by `advance` alone."""
        self._control.send("POST", "clock", {"freeze": True})

    def thaw(self) -> None:
        """Let a frozen clock go on."""
        self._control.send("POST", "clock", {"freeze": False})


class Faults:
    """Faults that callers meet, the same way for every operation."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(
        self,
        operation: str,
        kind: str,
        *,
        times: int | None = 1,
        skip: int = 0,
        status: int | None = None,
        code: str | None = None,
        seconds: float | None = None,
        after_bytes: int | None = None,
    ) -> str:
        """Let the next `times` calls of an operation (`*`: any; None times: all) go wrong, after
        `skip` that go well; returns the fault's id.

        `operation` is an id of docs/operations.md. Kinds and their options are those of the
        control route `/_emulator/faults` (docs/emulator.md): `status` (`status`, `code`),
        `rate_limit`, `slow` (`seconds`), `cut` (`after_bytes`), `gateway` (`status`), `lost` and
        so on. Raises `ControlRefused` for others.
        """
        options = {"status": status, "code": code, "seconds": seconds, "after_bytes": after_bytes}
        given = {name: value for name, value in options.items() if value is not None}
        body = {"operation": operation, "kind": kind, "times": times, "skip": skip} | given
        return str(self._control.send("POST", "faults", body)["id"])

    def remove(self, fault_id: str) -> None:
        """Take one fault back. Raises `ControlRefused` if it is over already."""
        self._control.send("DELETE", f"faults/{fault_id}")

    def clear(self) -> None:
        self._control.send("DELETE", "faults")


class LocalWebhooks:
    """Addresses of webhooks."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def to(self, url: str | None, *, client_key: str = APP_KEY) -> None:
        """Send the app's webhooks to `url`, which has to be on this machine; None: nowhere."""
        self._control.send("PATCH", f"apps/{client_key}", {"webhook_url": url or ""})


class MediaHosts:
    """Hosts from which TikTok pulls media, served out of folders of this machine."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._servers: list[ThreadingHTTPServer] = []

    def serve(self, host: str, folder: str | Path) -> str:
        """Serve the files of a folder as `https://<host>/<file>`; returns the address
        `https://<host>`.

        The local TikTok maps the host to a server of this process, which ends with the test.
        """
        root = Path(folder)
        if not root.is_dir():
            raise ControlRefused(f"folder: {root} is no folder")
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
        threading.Thread(
            target=server.serve_forever, args=(0.05,), name=f"media {host}", daemon=True
        ).start()
        self._servers.append(server)
        known = self._control.get("hosts")
        base = f"http://127.0.0.1:{server.server_port}"
        self._control.send("PUT", "hosts", known | {host: base})
        return f"https://{host}"

    def close(self) -> None:
        """End the servers; the mapping of hosts ends with the next reset."""
        while self._servers:
            server = self._servers.pop()
            server.shutdown()
            server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass
