"""A creator's tokens and their storage."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import ConfigDict, Field, ValidationError

from stagedoor.platform.arguments import checked, passed_as
from stagedoor.platform.model import StrictModel

from .errors import ConfigurationError

EARLY_SECONDS = 60
"""Seconds before its expiry from which an access token is refreshed before use."""


class TokenAnswer(Protocol):
    """The parts of both kinds of answers with tokens; a client loads a product at its first use."""

    access_token: str
    refresh_token: str
    open_id: str
    scope: tuple[str, ...]
    expires_in: int


class UserAnswer(TokenAnswer, Protocol):
    """The parts of Login Kit's `UserToken` that `Tokens.from_answer` reads."""

    refresh_expires_in: int


class AccountAnswer(TokenAnswer, Protocol):
    """The parts of TikTok API for Business's `AccountToken` that `Tokens.from_account` reads."""

    refresh_token_expires_in: int


class Tokens(StrictModel):
    """The tokens that a creator granted an app. Times are Unix seconds; None means unknown."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)

    access_token: Annotated[str, Field(repr=False)]
    refresh_token: Annotated[str | None, Field(repr=False)] = None
    open_id: str = ""
    scopes: tuple[str, ...] = ()
    expires_at: float | None = None
    refresh_expires_at: float | None = None

    @classmethod
    def from_answer(cls, answer: UserAnswer, now: float) -> Tokens:
        """Convert TikTok's response: its lifetimes (never assumed ones) become points in time."""
        return cls(
            access_token=answer.access_token,
            refresh_token=answer.refresh_token or None,
            open_id=answer.open_id,
            scopes=answer.scope,
            expires_at=now + answer.expires_in,
            refresh_expires_at=now + answer.refresh_expires_in,
        )

    @classmethod
    def from_account(cls, answer: AccountAnswer, now: float) -> Tokens:
        """Convert the answer of TikTok API for Business for an account holder."""
        return cls(
            access_token=answer.access_token,
            refresh_token=answer.refresh_token or None,
            open_id=answer.open_id,
            scopes=answer.scope,
            expires_at=now + answer.expires_in,
            refresh_expires_at=now + answer.refresh_token_expires_in,
        )

    def expired(self, now: float) -> bool:
        """Whether the access token expires before `now` (Unix seconds) plus a minute."""
        return self.expires_at is not None and now >= self.expires_at - EARLY_SECONDS


class OwnToken:
    """Holds the app's own token in memory, for the lifetime of the process."""

    __slots__ = ("tokens",)

    def __init__(self) -> None:
        self.tokens: Tokens | None = None


class TokenStore(Protocol):
    """Storage for the tokens of one account.

    `save` is called with a new pair before the pair is used: when it returns, the pair must be
    durable. A store that several processes share may also have `exclusive()`, a context manager
    that holds a lock during a refresh, and `refused(tokens, error)`, which is called when TikTok
    refuses tokens that can't be refreshed. The methods may be coroutines for `AsyncTikTok`.
    """

    def load(self) -> Tokens | Awaitable[Tokens | None] | None:
        """The stored tokens, None if there are none."""
        ...

    def save(self, tokens: Tokens) -> Awaitable[None] | None:
        """Replace the stored tokens by these."""
        ...


passed_as(TokenStore, 'a TokenStore, such as FileTokens("tokens.json")')
passed_as(Tokens, 'Tokens(access_token="act...")')


class MemoryTokens:
    """Keeps the tokens in memory, for the lifetime of the process."""

    @checked
    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens
        self._lock = threading.Lock()

    def exclusive(self) -> contextlib.AbstractContextManager[object]:
        """The lock that clients with this store hold during a refresh."""
        return self._lock

    def load(self) -> Tokens | None:
        """The stored tokens, None if there are none."""
        return self._tokens

    @checked
    def save(self, tokens: Tokens) -> None:
        """Replace the stored tokens by these."""
        self._tokens = tokens


class FileTokens:
    """Keeps the tokens in a file that only its owner can read, replaced atomically.

    A lock file beside it lets several processes share the account: one refreshes, the others
    wait and use the new tokens.
    """

    @checked
    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def load(self) -> Tokens | None:
        """The tokens in the file, None if there is no file."""
        try:
            stored = self.path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return Tokens.model_validate_json(stored)
        except ValidationError:
            raise ConfigurationError(
                f"{self.path} doesn't hold tokens: delete it and connect again"
            ) from None

    @checked
    def save(self, tokens: Tokens) -> None:
        """Replace the file atomically."""
        write_private(self.path, tokens.model_dump_json())

    def delete(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the lock that keeps other processes from refreshing."""
        try:
            import fcntl
        except ImportError:  # Windows has no such file locks; threads are still kept apart
            yield
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically; at no moment can anybody but its owner read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def read_private(path: Path) -> dict[str, object]:
    """The JSON object in a file; {} if there is no file."""
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        raise ConfigurationError(f"{path} isn't JSON: delete it or mend it") from None
    if not isinstance(value, dict):
        raise ConfigurationError(f"{path} isn't a JSON object: delete it or mend it")
    return value
