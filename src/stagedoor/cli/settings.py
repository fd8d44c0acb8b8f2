"""Settings from the environment or a `.env` file, and the storage of connected accounts."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from stagedoor.client import FileTokens, Hosts, Tokens
from stagedoor.client.errors import ConfigurationError
from stagedoor.client.tokens import read_private, write_private
from stagedoor.platform.addresses import is_whole

from .kinds import ACCOUNT, ADS, CREATOR, named
from .setting_names import tell_misspelt

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EMULATOR_KEY = "emulator-client-key"
EMULATOR_SECRET = "emulator-client-secret"
EMULATOR_APP_ID = "7000000000000000001"
EMULATOR_APP_SECRET = "emulator-business-secret"


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """Settings of the commands. `tiktok_url` None means real TikTok."""

    tiktok_url: str | None
    client_key: str | None
    client_secret: str | None = field(repr=False)
    home: Path
    dotenv: Path | None = None
    service_url: str | None = None
    """If set, commands for connected accounts go through the service."""
    service_token: str | None = field(default=None, repr=False)
    app_id: str | None = None
    app_secret: str | None = field(default=None, repr=False)
    clock_url: str | None = None
    """An address that serves the time; None: real time."""
    kind: str = CREATOR
    """The kind of the connections that are stored under these settings (`kinds`)."""

    @property
    def hosts(self) -> Hosts:
        return Hosts.at(self.tiktok_url) if self.tiktok_url else Hosts()

    @property
    def where(self) -> str:
        return f"the TikTok at {self.tiktok_url}" if self.tiktok_url else "TikTok"

    def app(self) -> tuple[str, str]:
        """Client key and secret; the emulator's own app if TikTok is local and no key is set."""
        if self.client_key and self.client_secret:
            return self.client_key, self.client_secret
        if self.local and not self.client_key:
            return EMULATOR_KEY, EMULATOR_SECRET
        raise ConfigurationError(
            "TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET are not both set: take them from your app "
            "at developers.tiktok.com, or set STAGEDOOR_TIKTOK_URL to use the emulator"
        )

    def business_app(self) -> tuple[str, str]:
        """Id and secret of the app of TikTok API for Business; the emulator's own by default."""
        if self.app_id and self.app_secret:
            return self.app_id, self.app_secret
        if self.local and not self.app_id:
            return EMULATOR_APP_ID, EMULATOR_APP_SECRET
        raise ConfigurationError(
            "TIKTOK_BUSINESS_APP_ID and TIKTOK_BUSINESS_SECRET are not both set: take them from "
            "your app at business-api.tiktok.com, or set STAGEDOOR_TIKTOK_URL to use the emulator"
        )

    @property
    def business(self) -> CommandSettings:
        """The settings under which connections to ad accounts are stored."""
        return replace(self, home=self.home / "business", kind=ADS)

    @property
    def business_accounts(self) -> CommandSettings:
        """The settings under which accounts of TikTok API for Business are stored.

        Apart from those of ad accounts: the token of an account can't be used for ads.
        """
        return replace(self, home=self.home / "business-accounts", kind=ACCOUNT)

    def of_kind(self, kind: str) -> CommandSettings:
        """The settings under which connections of a kind (`kinds`) are stored."""
        return {CREATOR: self, ADS: self.business, ACCOUNT: self.business_accounts}[kind]

    @contextlib.contextmanager
    def clock(self) -> Iterator[Callable[[], float]]:
        """The clock that research commands go by, in Unix seconds."""
        if self.clock_url is None:
            yield time.time
            return
        from stagedoor.connector.clock import FollowedClock

        followed = FollowedClock(self.clock_url)
        try:
            yield followed.now
        finally:
            followed.close()

    @property
    def local(self) -> bool:
        host = urlsplit(self.tiktok_url or "").hostname
        return host in LOOPBACK

    @property
    def folder(self) -> Path:
        """The folder of the accounts: one for each TikTok address; all loopback names share one."""
        parts = urlsplit(self.tiktok_url or "")
        named = self.home / "accounts" / (parts.netloc.replace(":", "_") or "tiktok")
        if parts.hostname not in LOOPBACK:
            return named
        port = "" if parts.port is None else f"_{parts.port}"
        one = self.home / "accounts" / f"127.0.0.1{port}"
        # accounts stored earlier under another loopback name are still found under that name
        return named if named.exists() and not one.exists() else one


def load() -> CommandSettings:
    """The effective settings; the environment overrides `.env`."""
    values = dict(os.environ)
    dotenv = Path(".env")
    found = dotenv.is_file()
    if found:
        from dotenv import dotenv_values

        values = {k: v for k, v in dotenv_values(dotenv).items() if v is not None} | values
    tell_misspelt(values)
    url = _address(values, "STAGEDOOR_TIKTOK_URL", "http://127.0.0.1:8701")
    home = values.get("STAGEDOOR_HOME")
    config = values.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return CommandSettings(
        tiktok_url=url,
        client_key=values.get("TIKTOK_CLIENT_KEY") or None,
        client_secret=values.get("TIKTOK_CLIENT_SECRET") or None,
        home=Path(home) if home else Path(config) / "stagedoor",
        dotenv=dotenv.resolve() if found else None,
        service_url=_address(values, "STAGEDOOR_SERVICE_URL", "http://127.0.0.1:8700"),
        service_token=values.get("STAGEDOOR_TOKEN") or None,
        clock_url=values.get("STAGEDOOR_CLOCK") or None,
        app_id=values.get("TIKTOK_BUSINESS_APP_ID") or None,
        app_secret=values.get("TIKTOK_BUSINESS_SECRET") or None,
    )


def _address(values: Mapping[str, str], name: str, such_as: str) -> str | None:
    text = values.get(name) or None
    if text is not None and not is_whole(text, "http", "https"):
        raise ConfigurationError(f"{name} must be an address such as {such_as}")
    return text


def page_url(link: str) -> str:
    """The address at which a link of TikTok's opens: while TikTok is local, one that opens here."""
    return load().hosts.page_url(link)


@dataclass(frozen=True, slots=True)
class LocalAccount:
    """A connected account on this machine: its name, and the file with its tokens."""

    name: str
    store: FileTokens


def accounts(settings: CommandSettings) -> list[LocalAccount]:
    """The connected accounts, the most recently used first."""
    index = settings.folder / "index.json"
    names: dict[str, object] = read_private(index)
    try:
        ordered = sorted(names, key=lambda name: -float(str(names[name])))
    except ValueError:
        raise ConfigurationError(f"{index} isn't a list of accounts: delete it") from None
    return [LocalAccount(name, _store(settings, name)) for name in ordered]


def remember(
    settings: CommandSettings, name: str, tokens: Tokens, now: float, *, default: bool = True
) -> LocalAccount:
    """Store the tokens of an account; `default` also makes it the default account.

    An entry of the same account (the same open_id) under another name is replaced.
    """
    before = stored_as(settings, tokens.open_id)
    account = LocalAccount(name, _store(settings, name))
    account.store.save(tokens)
    index = settings.folder / "index.json"
    names = read_private(index)
    known = [float(str(at)) for at in names.values()]
    kept = names.get(name)
    if before is not None and before.name != name:
        kept = names.pop(before.name, kept)
        before.store.delete()
    if default or not known:
        names[name] = max([now, *(at + 1 for at in known if at > now)])
    else:
        names[name] = min(now, max(known) - 1) if kept is None else kept
    write_private(index, json.dumps(names))
    return account


def stored_as(settings: CommandSettings, open_id: str) -> LocalAccount | None:
    """The connected account with this open_id, whatever its name."""
    for account in accounts(settings) if open_id else ():
        with contextlib.suppress(ConfigurationError):  # an unreadable file is skipped
            held = account.store.load()
            if held is not None and held.open_id == open_id:
                return account
    return None


def use(settings: CommandSettings, name: str) -> LocalAccount:
    """Make a connected account the default."""
    account = chosen(settings, name)
    index = settings.folder / "index.json"
    names = read_private(index)
    newest = max(float(str(at)) for at in names.values())
    write_private(index, json.dumps(names | {account.name: max(time.time(), newest + 1)}))
    return account


def forget(settings: CommandSettings, account: LocalAccount) -> None:
    """Delete an account's tokens from this machine."""
    index = settings.folder / "index.json"
    names = read_private(index)
    names.pop(account.name, None)
    write_private(index, json.dumps(names))
    account.store.delete()


def chosen(settings: CommandSettings, name: str | None) -> LocalAccount:
    """The requested account, or else the most recently used one."""
    known = accounts(settings)
    if not known:
        option = "" if settings.kind == CREATOR else f" --kind {settings.kind}"
        raise ConfigurationError(f"no account is connected: run 'stagedoor connect{option}' first")
    if name is None:
        return known[0]
    wanted = name.removeprefix("@")
    for account in known:
        if account.name == wanted:
            return account
    names = ", ".join(named(settings.kind, account.name) for account in known)
    missing = named(settings.kind, wanted)
    raise ConfigurationError(f"{missing} is not connected here; these are: {names}")


def _store(settings: CommandSettings, name: str) -> FileTokens:
    safe = "".join(ch if ch.isalnum() or ch in "._-" else "_" for ch in name)
    return FileTokens(settings.folder / f"{safe}.tokens.json")
