"""What arrives: bounded, each name once, and forms that only our own page can have sent."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from stagedoor.connector import bodies
from stagedoor.connector.errors import TooLarge
from stagedoor.platform.encodable import reason_against

from . import tokens
from .errors import BodyTooLarge, InvalidRequest, NoWayBack

MAX_BODY = 16_384
_FORM = "application/x-www-form-urlencoded"
_MANY = 50
_CHECKED_LATER = "state"
"""`Consent.asked` refuses what can't be kept in it, and its client is told so."""


async def body(request: Request) -> bytes:
    """Raises `BodyTooLarge` as soon as it is."""
    try:
        return await bodies.read(request.receive, MAX_BODY)
    except TooLarge as error:
        raise BodyTooLarge(error.message) from None


async def form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise InvalidRequest(f"The body must be {_FORM}.")
    return pairs(await body(request))


def pairs(text: bytes) -> dict[str, str]:
    """By RFC 6749 a parameter without a value is none, and none comes twice."""
    try:
        listed = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MANY
        )
    except ValueError:
        raise InvalidRequest("The parameters can't be read.") from None
    for name, value in listed:
        if name != _CHECKED_LATER and reason_against(value) is not None:
            raise InvalidRequest("A parameter holds a NUL character.")
    said = dict(listed)
    if len(said) != len(listed):
        raise InvalidRequest("A parameter is there twice.")
    return {name: value for name, value in said.items() if value}


class Seal:
    """Binds a page's form to the browser that was shown the page, by a cookie.

    Another site can make a browser send a form, but it can't read the cookie, so it can't seal
    one; and a browser says which site's page a form was on.
    """

    def __init__(self, request: Request, origin: str) -> None:
        self._request = request
        self._origin = origin
        self._secure = origin.startswith("https:")
        # so named, a browser takes it from nobody but this host, over TLS
        self.name = "__Host-stagedoor-consent" if self._secure else "stagedoor-consent"
        kept = request.cookies.get(self.name, "")
        self._fresh = not tokens.is_secret(kept)
        self._secret = tokens.secret() if self._fresh else kept

    def of(self, said: Mapping[str, str]) -> str:
        """For what a form carries."""
        text = json.dumps(sorted(said.items()))
        return hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def check(self, said: Mapping[str, str], seal: str) -> None:
        """Raises `NoWayBack`: who made the form isn't known, so nobody is answered."""
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
        """A Set-Cookie header, for a browser that has none yet."""
        if not self._fresh:
            return None
        more = "; Secure" if self._secure else ""
        return f"{self.name}={self._secret}; Path=/; HttpOnly; SameSite=Lax{more}"
