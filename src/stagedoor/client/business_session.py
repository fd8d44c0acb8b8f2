"""The session of TikTok API for Business: it fills in the app, the ad account and the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from stagedoor.platform.account_field import account_field
from stagedoor.platform.model import Filled
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business
from stagedoor.platform.refusal import InvalidRequest

from .errors import ConfigurationError
from .session import Session
from .tokens import Tokens

_IDS = ("app_id", "client_id")
_ADVERTISER = "advertiser_id"


@dataclass(frozen=True, slots=True)
class BusinessSession(Session):
    """`client_key` and `client_secret` are the app's id and secret here."""

    advertiser_id: str = ""
    """The ad account of the calls that name none."""

    def app(self) -> tuple[str, str]:
        """The app's id and secret; raises `ConfigurationError` if either is missing."""
        if not self.client_key or not self.client_secret:
            raise ConfigurationError(
                "this needs the app's id and secret: pass app_id and secret to TikTokBusiness()"
            )
        return self.client_key, self.client_secret

    def filled(self, operation: Operation[..., Any], values: dict[str, Any]) -> dict[str, Any]:
        """The values with the app's id and secret, and the ad account if the call names none."""
        added: dict[str, Any] = {}
        for name, mark in _marks(operation):
            if mark.own:
                if name in values:
                    why = "is the client's own: pass it to TikTokBusiness(), not to the call"
                    raise InvalidRequest(operation.id, [(name, why)])
                app_id, secret = self.app()
                added[name] = app_id if name in _IDS else secret
            elif any(values.get(other) for other in mark.unless):
                continue
            elif name == _ADVERTISER and values.get(name) in (None, ""):
                if not self.advertiser_id:
                    why = "is missing: pass it, or call a client of for_advertiser()"
                    raise InvalidRequest(operation.id, [(name, why)])
                added[name] = self.advertiser_id
        return values | added

    def completed(
        self, operation: Operation[..., Any], request: BaseModel, tokens: Tokens
    ) -> BaseModel:
        """The request with the account of the tokens, if it names none."""
        name = account_field(request)
        if name is None or getattr(request, name) != "":
            return request
        if not tokens.open_id:
            why = "is missing: pass it, or connect with tokens that have an open_id"
            raise InvalidRequest(operation.id, [(name, why)])
        return request.model_copy(update={name: tokens.open_id})

    def refresh_call(self, tokens: Tokens) -> tuple[Operation[..., Any], dict[str, Any]]:
        """The refresh of an account's token; an advertiser's has no refresh token."""
        return business.TT_USER_REFRESH, {"refresh_token": tokens.refresh_token or ""}

    def tokens_of(self, answer: Any) -> Tokens:
        """The tokens of an account holder."""
        return Tokens.from_account(answer, self.now())


def _marks(operation: Operation[..., Any]) -> list[tuple[str, Filled]]:
    model: Any = operation.request
    return [
        (name, mark)
        for name, info in model.model_fields.items()
        for mark in info.metadata
        if isinstance(mark, Filled)
    ]


def advertiser_of(given: str | int) -> str:
    """The id of an ad account as text; raises `InvalidRequest` for anything but digits."""
    text = str(given)
    if not (text.isascii() and text.isdigit()) or isinstance(given, bool):
        why = "must be the id of an ad account, a number of up to 20 digits"
        raise InvalidRequest("for_advertiser()", [("advertiser_id", why)])
    return text
