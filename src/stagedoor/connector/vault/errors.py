"""The vault's only error: it fails closed."""

from __future__ import annotations

from ..errors import ApiError


class VaultClosed(ApiError):
    """A secret can't be decrypted or encrypted. The error doesn't say which check failed."""

    code, http = "vault_closed", 503
