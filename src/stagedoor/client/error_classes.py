"""The error class for a code of TikTok's."""

from __future__ import annotations

from stagedoor.platform.errors import OPEN_PLATFORM, ErrorKind

from .errors import (
    AccessDenied,
    BadRequest,
    ClientRejected,
    GrantInvalid,
    NotFound,
    PolicyRefused,
    QuotaExceeded,
    RateLimited,
    ScopeMissing,
    ServerError,
    TikTokError,
    TokenInvalid,
    WrongState,
)

_BY_KIND: dict[ErrorKind, type[TikTokError]] = {
    ErrorKind.AUTH: TokenInvalid,
    ErrorKind.SCOPE: ScopeMissing,
    ErrorKind.REQUEST: BadRequest,
    ErrorKind.NOT_FOUND: NotFound,
    ErrorKind.STATE: WrongState,
    ErrorKind.POLICY: PolicyRefused,
    ErrorKind.QUOTA: QuotaExceeded,
    ErrorKind.RATE: RateLimited,
    ErrorKind.CLIENT: ClientRejected,
    ErrorKind.GRANT: GrantInvalid,
    ErrorKind.DENIED: AccessDenied,
    ErrorKind.SERVER: ServerError,
}


def class_of(kind: ErrorKind | None) -> type[TikTokError]:
    """The error class of a kind; `TikTokError` for an unknown kind (None)."""
    return TikTokError if kind is None else _BY_KIND[kind]


def error_class(code: str, http_status: int) -> type[TikTokError]:
    """The error class of an Open Platform code; an unknown code is classed by the HTTP status."""
    return class_of(OPEN_PLATFORM.kind(code, http_status))


REFUSALS = (BadRequest, NotFound, AccessDenied, WrongState)
"""Errors about what was asked: TikTok tells nothing of an account, or has no such object."""
