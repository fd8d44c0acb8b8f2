"""`stagedoor connect`: from consent in the browser to tokens in a file."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Callable

import click

from stagedoor.client import Connection, Login, TikTok
from stagedoor.client.errors import ConfigurationError, LoginError, StagedoorError
from stagedoor.platform.scopes import USER_SCOPES, Scope, consent_text

from . import connect_business, console, settings, terminal
from .account import local_settings, service
from .connect_business import KINDS
from .connect_to_service import connect_to_service
from .kinds import ADS
from .loopback import Loopback
from .params import PORT, Positive

_KNOWN = tuple(one.value for one in Scope)


@click.command("connect")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    help="A scope to ask for, instead of the default ones; may be repeated; not with --kind "
    "ads. Without it: "
    f"{', '.join(USER_SCOPES)}. Others need TikTok's approval of the app: "
    f"{', '.join(one for one in Scope if one not in USER_SCOPES)}.",
)
@click.option(
    "--redirect-uri",
    help="A redirect URI of the app's that isn't on this machine: you paste the address that the "
    "browser ends on. Not with STAGEDOOR_SERVICE_URL.",
)
@click.option(
    "--port", default=0, type=PORT, help="Port of the loopback redirect; 0 takes a free one."
)
@click.option("--no-browser", is_flag=True, help="Print the link instead of opening it.")
@click.option(
    "--timeout",
    default=300.0,
    type=Positive(86_400),
    show_default=True,
    help="Seconds to wait for consent.",
)
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="Connect to TikTok API for Business: ad accounts (ads), or an account as its holder "
    "(businessAccount). The app is that of TIKTOK_BUSINESS_APP_ID and TIKTOK_BUSINESS_SECRET, or "
    "the service's.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def command(
    scopes: tuple[str, ...],
    redirect_uri: str | None,
    port: int,
    no_browser: bool,
    timeout: float,
    kind: str | None,
    as_json: bool,
) -> None:
    """Connect a TikTok account, or ad accounts.

    Opens TikTok's consent page and waits for the answer on a loopback address, which the app must
    have registered as a desktop redirect URI (http://127.0.0.1:*/callback/). With
    STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN set, the account is connected to the service, which
    must allow that loopback address as a return URL if it lists any.
    """
    if kind == ADS and scopes:
        raise click.UsageError(
            "--scope can't be used with --kind ads: the app's settings at TikTok decide the "
            "permissions."
        )
    for scope in scopes if kind is None else ():
        if scope not in _KNOWN:
            console.note(
                f"'{scope}' is no scope that Stagedoor knows; TikTok refuses the whole login if "
                f"the app doesn't have it. Known are: {', '.join(_KNOWN)}."
            )
    remote = service()
    if remote is not None:
        if redirect_uri:
            raise click.UsageError(
                "--redirect-uri can't be used with STAGEDOOR_SERVICE_URL: the service has its own."
            )
        with remote, Loopback(port) as loopback:
            connect_to_service(
                remote,
                kind,
                list(scopes),
                loopback.redirect_uri,
                lambda link: _browse(link, loopback, no_browser, timeout),
                as_json,
            )
        return
    if kind is not None:

        def ask(begin: Callable[[str], Login]) -> tuple[Login, str]:
            if redirect_uri:
                login = begin(redirect_uri)
                return login, _paste(login)
            with Loopback(port) as loopback:
                login = begin(loopback.redirect_uri)
                return login, _browse(login.url, loopback, no_browser, timeout)

        connect_business.connect(local_settings(), kind, scopes, ask, as_json)
        return
    config = local_settings()
    key, secret = config.app()
    wanted = scopes or USER_SCOPES
    with TikTok(key, secret, hosts=config.hosts) as tiktok:
        if redirect_uri:
            login = tiktok.begin_login(redirect_uri, wanted)
            callback = _paste(login)
        else:
            with Loopback(port) as loopback:
                login = tiktok.begin_login(loopback.redirect_uri, wanted)
                callback = _browse(login.url, loopback, no_browser, timeout)
        connection = tiktok.oauth.finish_login(login, callback)
        name = _name(tiktok, connection)
    name = _keep(config, name, connection)
    if as_json:
        console.print_json(
            {
                "account": name,
                "open_id": connection.tokens.open_id,
                "granted": list(connection.granted),
                "missing": list(connection.missing),
                "expires_at": connection.tokens.expires_at,
            }
        )
        return
    console.say_styled("Connected ", ("bold", f"@{name}"), f" at {config.where}.")
    for scope in connection.missing:
        console.say_styled("  ", ("yellow", "not allowed"), f" {_what(scope)}")
    if connection.missing:
        console.say("  What needs these scopes will be refused; connect again to allow them.")


def _keep(config: settings.CommandSettings, name: str, connection: Connection) -> str:
    """Store the tokens; returns the name under which the account is kept.

    A new account becomes the default only if it was granted every scope of the default account:
    otherwise commands that worked before would fail.
    """
    tokens = connection.tokens
    known = settings.accounts(config)
    before = settings.stored_as(config, tokens.open_id)
    if before is None:
        before = next((one for one in known if one.name == name), None)
    elif name == tokens.open_id:
        name = before.name  # the handle that the scopes of an earlier consent allowed to read
    if before is not None:
        lost = _lost(before, connection)
        if lost:
            console.note(
                f"@{name} was connected with more scopes before; these it doesn't have any more: "
                f"{', '.join(lost)}. 'stagedoor connect' asks for the scopes of each --scope."
            )
    default = known[0] if known else None
    if default is None or (before is not None and before.name == default.name):
        settings.remember(config, name, tokens, time.time())
        return name
    lacking = _lost(default, connection)
    settings.remember(config, name, tokens, time.time(), default=not lacking)
    if lacking:
        console.note(
            f"@{default.name} is still the default account, since @{name} lacks "
            f"{', '.join(lacking)}. Choose with --account for one command, or with "
            f"'stagedoor accounts --use {name}'."
        )
    else:
        console.note(
            f"@{name} is the default account from now on; it was @{default.name}. Choose with "
            f"--account for one command, or with 'stagedoor accounts --use {default.name}'."
        )
    return name


def _lost(account: settings.LocalAccount, connection: Connection) -> list[str]:
    """Scopes that the stored account has and the new connection lacks."""
    try:
        held = account.store.load()
    except ConfigurationError:
        return []
    return [] if held is None else [s for s in held.scopes if s not in connection.granted]


def _browse(link: str, loopback: Loopback, no_browser: bool, timeout: float) -> str:
    opened = not no_browser and webbrowser.open(link)
    if opened:
        terminal.note("The browser shows TikTok's consent page. If it doesn't, open:")
    else:
        terminal.note("Open this link in a browser on this machine:")
    terminal.note(f"  {link}")
    callback = loopback.wait(timeout)
    if callback is None:
        raise LoginError(f"nobody answered the consent page within {timeout:g} s: try again")
    return callback


def _paste(login: Login) -> str:
    terminal.note("Open this link in a browser and allow the app:")
    terminal.note(f"  {login.url}")
    return terminal.ask("Paste the address that the browser ended on")


def _what(scope: str) -> str:
    """A scope and, if there is a description, the permission in words."""
    title = consent_text(scope).title
    return scope if title == scope else f"{scope}: {title[0].lower()}{title[1:]}"


def _name(tiktok: TikTok, connection: Connection) -> str:
    """The handle if the granted scopes allow reading it, else the open_id."""
    try:
        if Scope.USER_INFO_PROFILE in connection.granted:
            return tiktok.user.info(fields=("username",)).user.username or connection.tokens.open_id
        if {Scope.VIDEO_PUBLISH, Scope.VIDEO_UPLOAD} & set(connection.granted):
            return tiktok.posts.creator_info().creator_username
    except StagedoorError as error:
        terminal.note(f"The account's name can't be read: {error}")
    return connection.tokens.open_id
