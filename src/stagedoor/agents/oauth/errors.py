"""Errors of the authorization server, with OAuth's names.

OAuthError
├── OAuthInvalidRequest, BodyTooLarge, TooMany
├── UnsupportedResponseType, UnsupportedGrantType
├── InvalidClient, InvalidGrant, InvalidTarget, OAuthAccessDenied
├── InvalidRedirectUri, InvalidClientMetadata   of a registration
├── NoWayBack       no trusted redirect URI: only the person sees the error
└── Unproven        the proof for the agent is missing, unknown or ended
"""

from __future__ import annotations

from stagedoor.connector.errors import ApiError, ObjectNotFound


class OAuthError(ApiError):
    """An OAuth error. `code` and `message` are sent as `error` and `error_description`: plain
    ASCII, without any input of the caller."""

    code, http = "server_error", 500

    def answer(self) -> dict[str, str]:
        return {"error": self.code, "error_description": self.message}


class OAuthInvalidRequest(OAuthError):
    code, http = "invalid_request", 400


class BodyTooLarge(OAuthError):
    code, http = "invalid_request", 413


class TooMany(OAuthError):
    """The caller tries too often; `retry_after` is the wait in seconds."""

    code, http, retryable = "temporarily_unavailable", 429, True


class UnsupportedResponseType(OAuthError):
    code, http = "unsupported_response_type", 400


class UnsupportedGrantType(OAuthError):
    code, http = "unsupported_grant_type", 400


class InvalidClient(OAuthError):
    code, http = "invalid_client", 401


class InvalidGrant(OAuthError):
    """The code or token is invalid, or has ended."""

    code, http = "invalid_grant", 400


class InvalidTarget(OAuthError):
    """The requested resource isn't this server's."""

    code, http = "invalid_target", 400


class OAuthAccessDenied(OAuthError):
    """The person refused."""

    code, http = "access_denied", 403

    def __init__(self) -> None:
        super().__init__("The person said no.")


class InvalidRedirectUri(OAuthError):
    code, http = "invalid_redirect_uri", 400


class InvalidClientMetadata(OAuthError):
    code, http = "invalid_client_metadata", 400


class NoWayBack(OAuthError):
    """The client can't get the error, since no redirect URI is known to be the client's."""

    code, http = "invalid_request", 400


class Unproven(OAuthError):
    code, http = "access_denied", 403


class NoSignIn(ObjectNotFound):
    """The agent has no such sign-in."""

    code = "no_sign_in"

    def __init__(self) -> None:
        super().__init__("There is no such sign-in: GET /api/agents/<id>/sign-ins lists them.")
