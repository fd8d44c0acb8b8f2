"""JWTs: verifying those of callers, and minting those of the embedded default.

The algorithm is pinned by the settings: HS256 with the shared secret, or RS256 and ES256 with the
keys behind a JWKS URL. The algorithm in a token's header decides nothing.
"""

from __future__ import annotations

from typing import Any

import jwt

from stagedoor.platform.characters import is_visible
from stagedoor.platform.encodable import reason_against

from ..clock import Clock
from ..errors import Forbidden, ServiceUnavailable, Unauthenticated
from ..settings import JwtSettings
from .roles import Caller, Role

LEEWAY = 30.0
"""Seconds by which two clocks may differ."""
_MAX_TOKEN = 16_384
_ASYMMETRIC = ("RS256", "ES256")


class Verifier:
    """Turns a bearer token and the `orgid` header into a `Caller`."""

    def __init__(self, settings: JwtSettings, embedded_secret: str, clock: Clock) -> None:
        self._settings = settings
        self._secret = settings.secret or embedded_secret
        self._clock = clock
        self._jwks = (
            jwt.PyJWKClient(settings.jwks_url, cache_keys=True, timeout=5)
            if settings.jwks_url
            else None
        )

    def caller(self, token: str, orgid: str | None) -> Caller:
        """Raises `Unauthenticated` for a bad token, `Forbidden` for another organisation."""
        if not orgid:
            raise Unauthenticated("Send the header orgid: <organisation>.")
        if not token or len(token) > _MAX_TOKEN:
            raise Unauthenticated("Send Authorization: Bearer <JWT>.")
        claims = self._claims(token)
        org = claims.get(self._settings.org_claim)
        user = claims.get(self._settings.user_claim)
        if not isinstance(org, str) or not org or not isinstance(user, str):
            raise Unauthenticated("The token doesn't name its organisation and user.")
        if reason_against(org + user) is not None or not is_visible(org):
            raise Unauthenticated("The token names its organisation or user by what is no text.")
        if org != orgid:
            raise Forbidden("The token is of another organisation than the orgid header names.")
        try:
            role = Role(str(claims.get(self._settings.role_claim)))
        except ValueError:
            raise Unauthenticated(
                "The token names no role; it must be viewer, member or admin."
            ) from None
        return Caller(org, user, role)

    def _claims(self, token: str) -> dict[str, Any]:
        algorithms = [*_ASYMMETRIC] if self._jwks is not None else ["HS256"]
        key: Any = self._secret
        try:
            if self._jwks is not None:
                signing = self._jwks.get_signing_key_from_jwt(token)
                algorithms = [name for name in algorithms if name == signing.algorithm_name]
                key = signing.key
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=algorithms,
                audience=self._settings.audience,
                issuer=self._settings.issuer,
                options={
                    "require": ["exp"],
                    # expiry is checked below, by the service's own clock
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_aud": self._settings.audience is not None,
                },
            )
        except jwt.PyJWKClientConnectionError as error:
            raise ServiceUnavailable("The keys that verify tokens can't be fetched.") from error
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise Unauthenticated(
                "The token isn't valid here: get a fresh one from your backend."
            ) from None
        self._check_times(claims)
        return claims

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock.now()
        expires, begins = _time(claims.get("exp")), _time(claims.get("nbf", 0))
        if now >= expires + LEEWAY:
            raise Unauthenticated("The token has expired: get a fresh one from your backend.")
        if now < begins - LEEWAY:
            raise Unauthenticated("The token isn't valid yet: check the clocks.")


def _time(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unauthenticated("The token's times aren't numbers.")
    return float(value)


def mint(
    settings: JwtSettings,
    embedded_secret: str,
    *,
    org: str,
    user: str,
    role: Role,
    now: float,
    seconds: float,
) -> str:
    """A token of the embedded default (HS256)."""
    claims = {
        settings.org_claim: org,
        settings.user_claim: user,
        settings.role_claim: role.value,
        "iat": int(now),
        "exp": int(now + seconds),
    }
    if settings.issuer:
        claims["iss"] = settings.issuer
    if settings.audience:
        claims["aud"] = settings.audience
    return jwt.encode(claims, settings.secret or embedded_secret, algorithm="HS256")
