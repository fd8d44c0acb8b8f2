"""Reasons why a request isn't a TikTok call that an agent could make."""

from __future__ import annotations

from stagedoor.connector.errors import ApiError


class NoSuchPath(ApiError):
    """TikTok's APIs have no such path."""

    code, http = "unsupported_path", 404

    def __init__(self) -> None:
        super().__init__(
            "There is no such path. Use TikTok's own, letter for letter: "
            "/agents/proxy/@<account>/v2/user/info/, say."
        )


class WrongMethod(ApiError):
    """The path is TikTok's, the method isn't."""

    code, http = "unsupported_method", 405

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This path takes {allowed}.")
        self.allowed = allowed


class NotHere(ApiError):
    """A TikTok call that agents don't make."""

    code, http = "denied_by_policy", 403

    def __init__(self) -> None:
        super().__init__(
            "Tokens never leave Stagedoor, which renews them by itself: an agent's key is all that "
            "a client needs for a token, without any login. Files go to the upload_url that an "
            "init gives."
        )


class TwoKeys(ApiError):
    """The request has several keys, so its caller is ambiguous."""

    code, http = "access_token_invalid", 401

    def __init__(self) -> None:
        super().__init__("The request brings several keys: send one, in one header.")


class UnreadableBody(ApiError):
    """The body can't be read."""

    code, http = "invalid_params", 400
