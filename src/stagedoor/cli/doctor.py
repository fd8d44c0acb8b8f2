"""`stagedoor doctor`: what is configured, reachable and expired, and how to fix problems."""

from __future__ import annotations

import stat
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict
from email.utils import parsedate_to_datetime
from importlib.util import find_spec

import click
import httpx2

from stagedoor import __version__
from stagedoor.client import TikTok
from stagedoor.client.errors import (
    ClientRejected,
    ConfigurationError,
    RateLimited,
    ScopeMissing,
    ServerError,
    StagedoorError,
    TransportError,
)
from stagedoor.client.proxies import between
from stagedoor.client.transport import opened

from . import console, settings
from .doctor_service import service_findings
from .findings import Finding, FindingMark


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """Say what is configured, reachable and expired, and what to do.

    Exits 1 if anything is wrong.
    """
    findings = list(examine())
    if as_json:
        console.print_json([asdict(finding) for finding in findings])
    else:
        colours = {FindingMark.OK: "green", FindingMark.NOTE: "yellow", FindingMark.WRONG: "red"}
        for item in findings:
            mark = (colours[item.mark], f"{item.mark.value:>5}")
            console.say_styled(mark, "  ", ("bold", item.what), f": {item.found}")
            if item.todo:
                console.say(f"       -> {item.todo}")
    if any(item.mark is FindingMark.WRONG for item in findings):
        sys.exit(1)


def examine() -> Iterator[Finding]:
    """All findings, in the order of dependency."""
    yield Finding(FindingMark.OK, "stagedoor", f"{__version__} on Python {sys.version.split()[0]}")
    yield from _extras()
    try:
        config = settings.load()
    except ConfigurationError as error:
        yield Finding(FindingMark.WRONG, "settings", "can't be used", str(error))
        return
    if config.dotenv:
        yield Finding(FindingMark.OK, "settings", f"also read from {config.dotenv}")
    if config.service_url:
        yield from service_findings(config.service_url, config.service_token)
        if config.tiktok_url is None and config.client_key is None:
            return  # no setting makes this machine call TikTok itself
    reachable = yield from _reach(config)
    app = yield from _app(config)
    if reachable and app:
        yield from _credentials(config, *app)
    yield from _accounts(config, app if reachable else None)
    yield from _installation()


def _installation() -> Iterator[Finding]:
    try:
        from . import doctor_installation
    except ImportError:
        return  # without the `server` extra there is no service on this machine
    yield from doctor_installation.examine()


def _extras() -> Iterator[Finding]:
    for module, extra, purpose in (
        ("av", "media", "check media before sending"),
        ("starlette", "emulator", "run the emulator"),
    ):
        if find_spec(module):
            yield Finding(FindingMark.OK, f"extra '{extra}'", "installed")
        else:
            yield Finding(
                FindingMark.NOTE,
                f"extra '{extra}'",
                "not installed",
                f"to {purpose}: pip install '/path/to/the/clone[{extra}]'",
            )


def _reach(config: settings.CommandSettings) -> Generator[Finding, None, bool]:
    url = config.hosts.api
    try:
        with opened(httpx2.Client, 10, reaches=(url,)) as http:
            answer = http.get(url)
    except ConfigurationError as error:
        yield Finding(FindingMark.WRONG, "proxy", str(error))
        return False
    except httpx2.HTTPError as error:
        todo = (
            "start it with 'stagedoor emulator', or unset STAGEDOOR_TIKTOK_URL"
            if config.local
            else "check the network, a proxy or a firewall"
        )
        yield Finding(
            FindingMark.WRONG,
            "TikTok",
            f"{url} not reached ({type(error).__name__}){between(url)}",
            todo,
        )
        return False
    yield Finding(FindingMark.OK, "TikTok", f"{url} answers")
    told = answer.headers.get("date")
    if told and not config.local:
        off = time.time() - parsedate_to_datetime(told).timestamp()
        if abs(off) > 60:
            yield Finding(
                FindingMark.WRONG,
                "clock",
                f"{abs(off):.0f} s {'ahead' if off > 0 else 'behind'} of TikTok's",
                "set this machine's clock: webhooks and tokens depend on it",
            )
    return True


def _app(config: settings.CommandSettings) -> Generator[Finding, None, tuple[str, str] | None]:
    try:
        key, secret = config.app()
    except ConfigurationError as error:
        yield Finding(FindingMark.WRONG, "app", "not configured", str(error))
        return None
    source = "set" if config.client_key else "the emulator's ready-made app"
    yield Finding(FindingMark.OK, "app", f"client key {key[:4]}... ({source})")
    return key, secret


def _credentials(config: settings.CommandSettings, key: str, secret: str) -> Iterator[Finding]:
    try:
        with TikTok(key, secret, hosts=config.hosts) as tiktok:
            tiktok.oauth.client_token()
    except ClientRejected as error:
        yield Finding(FindingMark.WRONG, "key and secret", "TikTok refuses them", error.remedy)
    except StagedoorError as error:
        yield Finding(FindingMark.NOTE, "key and secret", "not checked", str(error))
    else:
        yield Finding(FindingMark.OK, "key and secret", "TikTok takes them")


def _accounts(config: settings.CommandSettings, app: tuple[str, str] | None) -> Iterator[Finding]:
    known = settings.accounts(config)
    if not known:
        found = f"none connected to {config.where}"
        yield Finding(FindingMark.NOTE, "accounts", found, "run 'stagedoor connect'")
    for account in known:
        yield from _account(config, account, app)


def _account(
    config: settings.CommandSettings, account: settings.LocalAccount, app: tuple[str, str] | None
) -> Iterator[Finding]:
    what = f"@{account.name}"
    try:
        tokens = account.store.load()
    except ConfigurationError as error:
        yield Finding(FindingMark.WRONG, what, "tokens unreadable", str(error))
        return
    if tokens is None:
        yield Finding(
            FindingMark.WRONG, what, "its tokens are gone", "run 'stagedoor connect' again"
        )
        return
    if stat.S_IMODE(account.store.path.stat().st_mode) & 0o077:
        yield Finding(
            FindingMark.WRONG,
            what,
            "others can read its tokens",
            f"chmod 600 {account.store.path}, and connect again if others use this machine",
        )
    now = time.time()
    if tokens.refresh_expires_at is not None and now >= tokens.refresh_expires_at:
        yield Finding(
            FindingMark.WRONG, what, "its consent has expired", "run 'stagedoor connect' again"
        )
        return
    if app is None:
        found = "its token is not checked: TikTok isn't reached, or there is no app"
        yield Finding(FindingMark.NOTE, what, found)
        return
    try:
        with TikTok(*app, tokens=account.store, hosts=config.hosts) as tiktok:
            tiktok.user.info(fields=("open_id",))
    except ScopeMissing:
        pass  # the creator didn't grant the scope of this call, but TikTok accepts the token
    except (TransportError, ServerError, RateLimited) as error:
        yield Finding(
            FindingMark.NOTE, what, f"its token could not be checked: {error}", "try again"
        )
        return
    except StagedoorError as error:
        todo = "run 'stagedoor connect' again"
        if config.local:
            todo += "; an emulator that was started again without --state knows no tokens"
        yield Finding(FindingMark.WRONG, what, f"TikTok refuses its token: {error}", todo)
        return
    tokens = account.store.load() or tokens
    yield Finding(
        FindingMark.OK,
        what,
        f"access until {console.when(tokens.expires_at)}, consent until "
        f"{console.when(tokens.refresh_expires_at)}, scopes {', '.join(tokens.scopes)}",
    )
