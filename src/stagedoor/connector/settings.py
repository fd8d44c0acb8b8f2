"""The service's settings: environment or `.env`, prefix STAGEDOOR_, and TikTok's own variables."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from stagedoor.client import Hosts
from stagedoor.platform.addresses import is_whole
from stagedoor.platform.permissions import ACCOUNT_SCOPES
from stagedoor.platform.scopes import Scope

from .app_kinds import AppKind
from .errors import SettingsError as SettingsError
from .smtp_settings import SmtpSettings as SmtpSettings
from .smtp_settings import smtp_settings
from .store_settings import Options, media_url, store_options

EMULATOR_KEY = "emulator-client-key"
EMULATOR_SECRET = "emulator-client-secret"
EMULATOR_BUSINESS_APP_ID = "7000000000000000001"
_PUBLIC_URL = "http://127.0.0.1:8700"


@dataclass(frozen=True, slots=True)
class JwtSettings:
    """How callers authenticate. The algorithm is pinned by the settings."""

    secret: str | None = field(default=None, repr=False)
    """HS256, shared with the backend that mints tokens."""
    jwks_url: str | None = None
    """RS256 or ES256 with the keys at this URL."""
    issuer: str | None = None
    audience: str | None = None
    org_claim: str = "orgid"
    user_claim: str = "sub"
    role_claim: str = "role"


@dataclass(frozen=True, slots=True)
class OwnApp:
    """A TikTok app of the service's settings. `scopes` are the approved ones; None: unknown."""

    client_key: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] | None = None


EMULATOR_BUSINESS_APP = OwnApp(
    EMULATOR_BUSINESS_APP_ID, "emulator-business-secret", tuple(ACCOUNT_SCOPES)
)
"""The emulator's ready-made app of TikTok API for Business."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a process of the service."""

    data: Path
    home: Path
    database_url: str
    public_url: str = _PUBLIC_URL
    public_url_said: bool = True
    """False: no URL was configured, and the server's own address is used."""
    tiktok_url: str | None = None
    client_key: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] | None = None
    """The approved scopes of that Login Kit app; None: unknown."""
    business_app: OwnApp | None = None
    """The app of TikTok API for Business; `client_key` is its app id."""
    clock_url: str | None = None
    jwt: JwtSettings = field(default_factory=JwtSettings)
    vault_keys: str | None = field(default=None, repr=False)
    """The vault's keys themselves, in place of `keys_file`."""
    cors_origins: tuple[str, ...] = ()
    media_url: str | None = None
    """An S3-compatible store such as s3://bucket/prefix; None: a folder of the data directory."""
    store_options: Options = field(default=(), repr=False)
    """The options of that store, from AWS_*."""
    media_days: float = 3.0
    """How long media are kept after their post's final state."""
    library_days: float = 90.0
    """How long a file of the media library is kept after its last use."""
    fetch_private: bool = False
    """Whether private addresses and http are fetched: for a local TikTok, never for a real one."""
    unsigned_business_events: bool = False
    """Whether news of ads without a signature are accepted, as hints to read again."""
    approval_hours: float = 24.0
    """How long an agent's call waits for a person's approval."""
    pull_url: str = ""
    """The URL that TikTok fetches media from, if it isn't the public URL: https, verified."""
    verification: tuple[tuple[str, str], ...] = ()
    """TikTok's verification files: (name, content)."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks of reverse proxies, whose X-Forwarded-For and X-Forwarded-Proto are trusted."""
    smtp: SmtpSettings | None = None
    """None: notices aren't sent by e-mail."""
    allowed_hosts: tuple[str, ...] = ()
    """Host names that `/mcp` accepts, besides the public URL's."""

    def listening(self, host: str, port: int) -> Settings:
        """These settings for a service on this port, with its address as the public URL where none
        was set."""
        if self.public_url_said:
            return self
        return replace(self, public_url=address(_reached(host), port))

    @property
    def pulled_from(self) -> str:
        return self.pull_url or self.public_url

    @property
    def hosts(self) -> Hosts:
        return Hosts.at(self.tiktok_url) if self.tiktok_url else Hosts()

    @property
    def local(self) -> bool:
        """Whether TikTok is a local one."""
        return _loopback(self.tiktok_url)

    @property
    def outbound_urls(self) -> tuple[str, ...]:
        """The URLs that the service's own calls reach through the environment's proxies."""
        jwks = (self.jwt.jwks_url,) if self.jwt.jwks_url else ()
        return (self.hosts.api, self.hosts.www, self.hosts.business, *jwks)

    def app(self, kind: AppKind) -> OwnApp | None:
        """The service's own app of a kind; None if it has none."""
        if kind is AppKind.BUSINESS:
            return self.business_app
        if not self.client_key or not self.client_secret:
            return None
        return OwnApp(self.client_key, self.client_secret, self.scopes)

    @property
    def embedded(self) -> bool:
        """Whether the service runs on SQLite, with nothing to install."""
        return self.database_url.startswith("sqlite")

    @property
    def engine_url(self) -> str:
        """The database URL of the workflow engine's own state."""
        return f"sqlite:///{self.data / 'engine.db'}" if self.embedded else self.database_url

    @property
    def redirect_uri(self) -> str:
        return f"{self.public_url}/connect/oauth2callback/tiktok"

    @property
    def keys_file(self) -> Path:
        """The file of the vault's and the token signer's keys: outside the data directory and its
        backups."""
        return self.home / "keys.json"


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reached(host: str) -> str:
    """The host by which a server that listens on `host` is reached from this machine."""
    try:
        bound = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not bound.is_unspecified:
        return host
    return "127.0.0.1" if bound.version == 4 else "::1"


def environment() -> dict[str, str]:
    """All variables: those of `.env` in the working directory, overridden by the environment."""
    values = dict(os.environ)
    if Path(".env").is_file():
        from dotenv import dotenv_values

        values = {k: v for k, v in dotenv_values(".env").items() if v is not None} | values
    return values


def load(data: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force; `data` overrides STAGEDOOR_DATA. Raises `SettingsError`."""
    values = environment() if environ is None else dict(environ)
    config = Path(values.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    home = Path(values.get("STAGEDOOR_HOME") or config / "stagedoor")
    folder = (data or Path(values.get("STAGEDOOR_DATA") or "stagedoor-data")).resolve()
    tiktok_url = _address("STAGEDOOR_TIKTOK_URL", values)
    key, secret = values.get("TIKTOK_CLIENT_KEY"), values.get("TIKTOK_CLIENT_SECRET")
    if not key and _loopback(tiktok_url):
        key, secret = EMULATOR_KEY, EMULATOR_SECRET
    public = _address("STAGEDOOR_PUBLIC_URL", values) or _PUBLIC_URL
    media = media_url(values.get("STAGEDOOR_MEDIA_URL"))
    return Settings(
        data=folder,
        home=home,
        database_url=_database_url(values.get("STAGEDOOR_DATABASE_URL"), folder),
        public_url=public.rstrip("/"),
        public_url_said=bool(values.get("STAGEDOOR_PUBLIC_URL")),
        tiktok_url=tiktok_url,
        client_key=key or None,
        client_secret=secret or None,
        scopes=_scopes(values.get("TIKTOK_SCOPES")),
        business_app=_business_app(values, tiktok_url),
        clock_url=_address("STAGEDOOR_CLOCK", values),
        jwt=JwtSettings(
            secret=values.get("STAGEDOOR_JWT_SECRET") or None,
            jwks_url=_address("STAGEDOOR_JWT_JWKS_URL", values),
            issuer=values.get("STAGEDOOR_JWT_ISSUER") or None,
            audience=values.get("STAGEDOOR_JWT_AUDIENCE") or None,
            org_claim=values.get("STAGEDOOR_JWT_ORG_CLAIM") or "orgid",
            user_claim=values.get("STAGEDOOR_JWT_USER_CLAIM") or "sub",
            role_claim=values.get("STAGEDOOR_JWT_ROLE_CLAIM") or "role",
        ),
        vault_keys=values.get("STAGEDOOR_VAULT_KEYS") or None,
        cors_origins=_origins(values.get("STAGEDOOR_CORS_ORIGINS")),
        media_url=media,
        store_options=store_options(values) if media else (),
        media_days=_days("STAGEDOOR_MEDIA_DAYS", values, 3),
        library_days=_days("STAGEDOOR_LIBRARY_DAYS", values, 90),
        fetch_private=_switch("STAGEDOOR_FETCH_PRIVATE", values),
        unsigned_business_events=_switch("STAGEDOOR_UNSIGNED_BUSINESS_EVENTS", values),
        approval_hours=_hours(values.get("STAGEDOOR_APPROVAL_HOURS")),
        pull_url=(_address("STAGEDOOR_PULL_URL", values) or "").rstrip("/"),
        verification=_verification(values.get("STAGEDOOR_TIKTOK_VERIFICATION")),
        trusted_proxies=_networks(values.get("STAGEDOOR_TRUSTED_PROXIES")),
        smtp=smtp_settings(values),
        allowed_hosts=_hosts(values.get("STAGEDOOR_ALLOWED_HOSTS")),
    )


def _loopback(url: str | None) -> bool:
    return urlsplit(url or "").hostname in ("127.0.0.1", "localhost", "::1")


def _scopes(text: str | None) -> tuple[str, ...] | None:
    """The approved scopes of the Login Kit app; None: they aren't known."""
    scopes = _listed(text)
    if unknown := [name for name in scopes if name not in set(Scope)]:
        raise SettingsError(
            f"TIKTOK_SCOPES names {unknown[0]!r}, which is no scope of Login Kit; they are "
            f"{', '.join(Scope)}"
        )
    return scopes or None


def _business_app(values: Mapping[str, str], tiktok_url: str | None) -> OwnApp | None:
    """The app of TikTok API for Business; the emulator's ready-made one by default."""
    app_id, secret = values.get("TIKTOK_BUSINESS_APP_ID"), values.get("TIKTOK_BUSINESS_SECRET")
    if not app_id and not secret:
        return EMULATOR_BUSINESS_APP if _loopback(tiktok_url) else None
    if not app_id or not secret:
        raise SettingsError(
            "TIKTOK_BUSINESS_APP_ID and TIKTOK_BUSINESS_SECRET must be set together: take both "
            "from the app's page at business-api.tiktok.com, or leave both out"
        )
    if not (app_id.isascii() and app_id.isdigit() and len(app_id) <= 20):
        raise SettingsError(
            "TIKTOK_BUSINESS_APP_ID must be a number of up to 20 digits, such as "
            "7080000000000000001: it is on the app's page at business-api.tiktok.com"
        )
    scopes = _listed(values.get("TIKTOK_BUSINESS_SCOPES"))
    if unknown := [name for name in scopes if name not in ACCOUNT_SCOPES]:
        raise SettingsError(
            f"TIKTOK_BUSINESS_SCOPES names {unknown[0]!r}, which is no scope of business "
            f"accounts; they are {', '.join(ACCOUNT_SCOPES)}"
        )
    return OwnApp(app_id, secret, scopes or None)


def _address(name: str, values: Mapping[str, str]) -> str | None:
    text = values.get(name)
    if not text:
        return None
    if not is_whole(text, "http", "https"):
        raise SettingsError(f"{name} must be an address such as {_EXAMPLES[name]}")
    return text


_EXAMPLES = {
    "STAGEDOOR_TIKTOK_URL": "http://127.0.0.1:8701",
    "STAGEDOOR_PUBLIC_URL": "https://app.example.com",
    "STAGEDOOR_PULL_URL": "https://media.example.com",
    "STAGEDOOR_CLOCK": "http://127.0.0.1:8701/_emulator/clock",
    "STAGEDOOR_JWT_JWKS_URL": "https://id.example.com/.well-known/jwks.json",
}


def _origins(text: str | None) -> tuple[str, ...]:
    origins = _listed(text)
    for origin in origins:
        try:
            parts = urlsplit(origin)
            fine = parts.scheme and parts.hostname and f"{parts.scheme}://{parts.netloc}" == origin
        except ValueError:
            fine = False
        if not fine and origin != "*":
            raise SettingsError(
                "STAGEDOOR_CORS_ORIGINS must be origins such as https://app.example.com, separated "
                f"by commas, without a path or a slash at the end; {origin!r} isn't one"
            )
    return origins


def _database_url(url: str | None, folder: Path) -> str:
    if not url:
        return f"sqlite:///{folder / 'stagedoor.db'}"
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        try:
            _ = urlsplit(url).port
        except ValueError:
            raise SettingsError("STAGEDOOR_DATABASE_URL names a port that is no number") from None
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest.partition("?")[0].strip("/") not in ("", ":memory:"):
        return url
    raise SettingsError(
        "STAGEDOOR_DATABASE_URL must begin with postgresql:// or sqlite:///; "
        "leave it out for SQLite in the data directory"
    )


def _days(name: str, values: Mapping[str, str], default: float) -> float:
    try:
        days = float(values.get(name) or default)
    except ValueError:
        days = -1.0
    if not 0 <= days <= 3650:
        raise SettingsError(f"{name} must be a number of days, such as {default:.0f}")
    return days


def _hours(text: str | None) -> float:
    try:
        hours = float(text or 24)
    except ValueError:
        hours = -1.0
    if not 0 < hours <= 8760:
        raise SettingsError("STAGEDOOR_APPROVAL_HOURS must be a number of hours, such as 24")
    return hours


def _switch(name: str, values: Mapping[str, str]) -> bool:
    text = values.get(name) or "0"
    if text not in ("0", "1"):
        raise SettingsError(f"{name} must be 1 or 0")
    return text == "1"


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _networks(text: str | None) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(part)) for part in _listed(text))
    except ValueError as error:
        raise SettingsError(
            f"STAGEDOOR_TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, "
            f"separated by commas: {error}"
        ) from None


def _hosts(text: str | None) -> tuple[str, ...]:
    names = tuple(part.lower() for part in _listed(text))
    for name in names:
        try:
            parts = urlsplit(f"//{name}")
            plain = parts.netloc == name and parts.hostname and parts.port is None
        except ValueError:
            plain = False
        if not plain or "@" in name or "*" in name:
            raise SettingsError(
                "STAGEDOOR_ALLOWED_HOSTS must be host names such as mcp.example.com, separated by "
                f"commas, without scheme and port; {name!r} isn't one"
            )
    return names


def _verification(text: str | None) -> tuple[tuple[str, str], ...]:
    """`name=content` pairs of TikTok's verification files, separated by commas."""
    files = []
    for item in filter(None, (text or "").strip().split(",")):
        name, _, content = item.strip().partition("=")
        if not (name.startswith("tiktok") and name.endswith(".txt") and name.isascii() and content):
            raise SettingsError(
                "STAGEDOOR_TIKTOK_VERIFICATION must be tiktok<id>.txt=<content of the file>"
            )
        files.append((name, content))
    return tuple(files)
