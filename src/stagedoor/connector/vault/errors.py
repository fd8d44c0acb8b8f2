"""The vault fails in one way: closed."""

from __future__ import annotations

from ..errors import ApiError


class VaultClosed(ApiError):
    """A secret can't be opened or sealed. It isn't told which check refused it."""

    code, http = "vault_closed", 503
