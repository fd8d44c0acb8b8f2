"""Requests to the authorization server: bounded bodies, each parameter once, and forms that only
this server's own pages can have sent."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from stagedoor.connector import bodies
from stagedoor.connector.errors import RequestTooLarge
from stagedoor.platform.encodable import reason_against

from . import tokens
from .errors import BodyTooLarge, NoWayBack, OAuthInvalidRequest

MAX_BODY = 16_384
_FORM = "application/x-www-form-urlencoded"
_MANY = 50
_CHECKED_LATER = "state"
"""`Consent.asked` rejects invalid values of it, and reports that to the client."""


async def body(request: Request) -> bytes:
    """Read the body. Raises `BodyTooLarge` as soon as the limit is known to be exceeded."""
    try:
        return await bodies.read(request.scope, request.receive, MAX_BODY)
    except RequestTooLarge as error:
        raise BodyTooLarge(error.message) from None


async def form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise OAuthInvalidRequest(f"The body must be {_FORM}.")
    return pairs(await body(request))


def pairs(text: bytes) -> dict[str, str]:
    """Parse parameters. By RFC 6749 an empty one counts as absent, and none may come twice."""
    try:
        listed = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MANY
        )
    except ValueError:
        raise OAuthInvalidRequest("The parameters can't be read.") from None
    for name, value in listed:
        if name != _CHECKED_LATER and reason_against(value) is not None:
            raise OAuthInvalidRequest("A parameter holds a NUL character.")
    said = dict(listed)
    if len(said) != len(listed):
        raise OAuthInvalidRequest("A parameter is there twice.")
    return {name: value for name, value in said.items() if value}


class Seal:
    """Binds a page's form to the browser that loaded the page, by a cookie.

    Another site can make a browser send a form, but can't read the cookie, so it can't compute the
    seal; and browsers send the origin of the form's page.
    """

    def __init__(self, request: Request, origin: str) -> None:
        self._request = request
        self._origin = origin
        self._secure = origin.startswith("https:")
        # with this name prefix a browser accepts the cookie from this host only, over TLS
        self.name = "__Host-stagedoor-consent" if self._secure else "stagedoor-consent"
        kept = request.cookies.get(self.name, "")
        self._fresh = not tokens.is_secret(kept)
        self._secret = tokens.secret() if self._fresh else kept

    def of(self, said: Mapping[str, str]) -> str:
        """Return the seal of a form's values."""
        text = json.dumps(sorted(said.items()))
        return hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def check(self, said: Mapping[str, str], seal: str) -> None:
        """Raises `NoWayBack` if the form's origin isn't certain: no client gets an answer then."""
        headers = self._request.headers
        ours = headers.get("origin", self._origin) == self._origin
        near = headers.get("sec-fetch-site", "same-origin") == "same-origin"
        sealed = not self._fresh and hmac.compare_digest(self.of(said).encode(), seal.encode())
        if not (ours and near and sealed):
            raise NoWayBack(
                "This form doesn't come from the page that you were shown, or your browser keeps "
                "no cookies. Start again in the application that sent you here."
            )

    @property
    def cookie(self) -> str | None:
        """The Set-Cookie header, for a browser that has no cookie yet."""
        if not self._fresh:
            return None
        more = "; Secure" if self._secure else ""
        return f"{self.name}={self._secret}; Path=/; HttpOnly; SameSite=Lax{more}"
