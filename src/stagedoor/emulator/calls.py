"""The argument of a product's handler, and the exception by which it refuses a call.

A product folder's `handlers.py` maps declared operations to handlers; `gate` checks the
declaration (token, rate limit, scopes, fields and body) before it calls a handler.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from stagedoor.platform.errors import CODES
from stagedoor.platform.operation import Operation

from .products.oauth.state import AccessToken, Grant
from .world import App, Creator, World


class Refusal(Exception):
    """An error in TikTok's form. Message and HTTP status default to those of the declared code.

    An undeclared code needs both.
    """

    def __init__(self, code: str, message: str | None = None, http: int | None = None) -> None:
        self.code = code
        self.message = CODES[code].message if message is None else message
        self.http = CODES[code].http if http is None else http
        super().__init__(f"{self.code}: {self.message}")


@dataclass(slots=True)
class Call:
    """A call that passed the gate. `token`, `grant` and `creator` are set for user calls."""

    world: World
    operation: Operation[..., Any]
    request: Any
    base_url: str
    """Scheme and host that the caller used, so that URLs in answers can be reached."""
    app: App | None = None
    token: AccessToken | None = None
    grant: Grant | None = None
    creator: Creator | None = None

    @property
    def now(self) -> float:
        return self.world.now()

    @property
    def party(self) -> tuple[App, Grant, Creator]:
        """The app, grant and creator of a user call."""
        if self.app is None or self.grant is None or self.creator is None:
            raise TypeError(f"{self.operation.id} is no user call")
        return self.app, self.grant, self.creator


@dataclass(frozen=True, slots=True)
class FileData:
    """A file that is the whole answer."""

    path: Path
    content_type: str


Data = BaseModel | Mapping[str, Any] | bytes | FileData
"""The value of `data` in an answer; bytes are JSON already."""


@dataclass(frozen=True, slots=True)
class Told:
    """Data with an envelope beyond `ok`: some products fill in members that others leave empty."""

    data: Data
    message: str = "ok"
    status: int = 200
    with_status: bool = False
    """The error object repeats the status as `http_status_code`."""


Handler = Callable[[Call], Data | Told | Awaitable[Data]]
Handlers = Mapping[Operation[..., Any], Handler]
