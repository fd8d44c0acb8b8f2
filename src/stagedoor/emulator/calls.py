"""The argument of a product's handler, and the exception by which it refuses a call.

A product folder's `handlers.py` maps declared operations to handlers; `gate` checks the
declaration (token, rate limit, scopes, fields and body) before it calls a handler.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from stagedoor.platform.errors import CODES
from stagedoor.platform.operation import Operation, RateLimit
from stagedoor.platform.protocols.business_errors import BUSINESS_ERRORS
from stagedoor.platform.protocols.protocol import Note
from stagedoor.platform.records import frozen, record

from .products.business.state import AdAccount, AdvertiserToken
from .products.oauth.state import AccessToken, CreatorGrant
from .world import App, Creator, World


class Refusal(Exception):
    """An error in TikTok's form. Message and HTTP status default to those of the declared code.

    An undeclared code needs both.
    """

    def __init__(self, code: str, message: str | None = None, http: int | None = None) -> None:
        self.code = code
        if message is None or http is None:
            declared = CODES.get(code) or BUSINESS_ERRORS.codes[code]
            message = declared.message if message is None else message
            http = declared.http if http is None else http
        self.message = message
        self.http = http
        super().__init__(f"{self.code}: {self.message}")


@record
class AdmittedCall:
    """A call that passed the gate. `token`, `grant` and `creator` are set for user calls."""

    world: World
    operation: Operation[..., Any]
    request: Any
    base_url: str
    """Scheme and host that the caller used, so that URLs in answers can be reached."""
    app: App | None = None
    token: AccessToken | None = None
    grant: CreatorGrant | None = None
    creator: Creator | None = None
    advertiser_token: AdvertiserToken | None = None
    """Of calls on behalf of an advertiser."""
    advertiser: AdAccount | None = None
    """The ad account that the request names as `advertiser_id`; the token reaches it."""
    offered_token: str | None = None
    """The token in the header of a call whose app may authenticate itself by one."""
    sandbox: bool = False
    """A call of the sandbox of TikTok API for Business, which lacks some fields and parameters."""
    paced: list[RateLimit] = field(default_factory=list)
    """The limits in whose windows the call is counted already."""

    @property
    def now(self) -> float:
        return self.world.now()

    @property
    def authorized_app(self) -> App:
        """The app that authenticated the call by its secret."""
        if self.app is None:
            raise TypeError(f"{self.operation.id} has no app")
        return self.app

    @property
    def own_token(self) -> AdvertiserToken:
        """The token of a call on behalf of an advertiser."""
        if self.advertiser_token is None:
            raise TypeError(f"{self.operation.id} is no call of an advertiser")
        return self.advertiser_token

    @property
    def ad_account(self) -> AdAccount:
        """The ad account of a call that names one."""
        if self.advertiser is None:
            raise TypeError(f"{self.operation.id} names no ad account")
        return self.advertiser

    @property
    def party(self) -> tuple[App, CreatorGrant, Creator]:
        """The app, grant and creator of a user call."""
        if self.app is None or self.grant is None or self.creator is None:
            raise TypeError(f"{self.operation.id} is no user call")
        return self.app, self.grant, self.creator


@frozen
class FileData:
    """A file that is the whole answer."""

    path: Path
    content_type: str


Data = BaseModel | Mapping[str, Any] | bytes | FileData
"""The value of `data` in an answer; bytes are JSON already."""


PLAIN = Note()


@frozen
class EnvelopeAnswer:
    """Data with an envelope beyond `ok`: some products fill in members that others leave empty."""

    data: Data
    note: Note = PLAIN


Handler = Callable[[AdmittedCall], Data | EnvelopeAnswer | Awaitable[Data]]
Handlers = Mapping[Operation[..., Any], Handler]
