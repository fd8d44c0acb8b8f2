"""The credentials of a run on real TikTok: environment variables, each for the operations of one
subject. The values are never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from stagedoor.platform.operation import Operation, Subject
from stagedoor.platform.protocols.business import BusinessProtocol
from tests.examples.business import APP_ID, APP_SECRET
from tests.support.local import KEY, SECRET

PREFIX = "STAGEDOOR_CONFORMANCE_"


class Unreachable(Exception):
    """This run can't do the operation; the message says what it lacks."""


def variable(name: str) -> str:
    """The environment variable of a credential, or of a thing that requests name."""
    return PREFIX + name.upper()


@dataclass(frozen=True, slots=True)
class Credentials:
    """None: not given, so the operations that need it are skipped."""

    client_key: str | None = None
    """Of a Login Kit app; the Research and Commercial Content APIs need their approval for it."""
    client_secret: str | None = field(default=None, repr=False)
    creator_token: str | None = field(default=None, repr=False)
    app_id: str | None = None
    """Of an app of TikTok API for Business."""
    app_secret: str | None = field(default=None, repr=False)
    advertiser_token: str | None = field(default=None, repr=False)
    account_token: str | None = field(default=None, repr=False)
    """Of an account holder in TikTok API for Business."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Credentials:
        return cls(**{one.name: environment.get(variable(one.name)) or None for one in fields(cls)})

    def given(self, name: str) -> str:
        """Raises `Unreachable` for a credential that this run lacks."""
        value: str | None = getattr(self, name)
        if value is None:
            raise Unreachable(f"set {variable(name)}")
        return value

    def secrets(self) -> list[str]:
        return [value for one in fields(self) if (value := getattr(self, one.name))]


IN_EXAMPLES = {
    KEY: "client_key",
    SECRET: "client_secret",
    APP_ID: "app_id",
    APP_SECRET: "app_secret",
}
"""The credentials with which the examples' requests are written, by their values."""

_TOKENS = {
    Subject.CREATOR: "creator_token",
    Subject.ADVERTISER: "advertiser_token",
    Subject.ACCOUNT_HOLDER: "account_token",
}


def token_of(operation: Operation[..., object]) -> str | None:
    """The name of the credential that is the operation's access token; None: it carries none, or
    the app's own, which is asked for by key and secret."""
    return _TOKENS.get(operation.subject) if operation.carries_token else None


def carries_own_token(operation: Operation[..., object]) -> bool:
    is_open = not isinstance(operation.protocol, BusinessProtocol)
    return is_open and operation.carries_token and operation.subject is Subject.APP
