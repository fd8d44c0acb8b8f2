"""Encrypted secrets: AES-GCM envelopes, each bound to its table, row and field."""

from .errors import VaultClosed
from .service import Vault

__all__ = ["Vault", "VaultClosed"]
