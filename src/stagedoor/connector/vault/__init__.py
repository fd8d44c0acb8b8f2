"""Encrypted secrets: AES-GCM envelopes, each bound to its place."""

from .errors import VaultClosed
from .service import Vault

__all__ = ["Vault", "VaultClosed"]
