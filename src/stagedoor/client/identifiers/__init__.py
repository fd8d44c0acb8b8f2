"""Identifiers of customers: normalised and hashed in this process, and never shown."""

from .block import hash_identifier
from .hashing import check_identifiers, hash_identifiers
from .kinds import HashAlgorithm, IdentifierKind
from .source import Identifiers

__all__ = [
    "HashAlgorithm",
    "IdentifierKind",
    "Identifiers",
    "check_identifiers",
    "hash_identifier",
    "hash_identifiers",
]
