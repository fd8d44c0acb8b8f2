"""AES-256-GCM envelopes as text, each bound to its cell.

    v1.<data key's id>.<base64url of nonce and ciphertext>
    k1.<wrapping key's id>.<base64url of nonce and wrapped data key>

The cell is authenticated, not stored: a ciphertext that was moved elsewhere doesn't decrypt.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VALUE = "v1"
KEY = "k1"
KEY_BYTES = 32
_NONCE_BYTES = 12


class Sealed(ValueError):
    """The envelope doesn't decrypt with this key, in this cell."""


def seal(kind: str, cipher: AESGCM, key_id: str, cell: tuple[str, ...], plain: bytes) -> str:
    """`cell` names what the text is bound to, from outermost to innermost."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    body = nonce + cipher.encrypt(nonce, plain, _bound(kind, key_id, cell))
    return f"{kind}.{key_id}.{urlsafe_b64encode(body).decode()}"


def open_(kind: str, cipher: AESGCM, cell: tuple[str, ...], text: str) -> bytes:
    """Decrypt an envelope. Raises `Sealed` for a wrong key, a wrong cell, and any alteration."""
    key_id = key_of(kind, text)
    try:
        body = urlsafe_b64decode(text.rpartition(".")[2].encode("ascii"))
        return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], _bound(kind, key_id, cell))
    except (InvalidTag, NotBase64, ValueError):
        raise Sealed from None


def key_of(kind: str, text: str) -> str:
    """The id of the key that encrypted the envelope; `Sealed` when it isn't such an envelope."""
    parts = text.split(".")
    if len(parts) != 3 or parts[0] != kind or not parts[1]:
        raise Sealed
    return parts[1]


def _bound(kind: str, key_id: str, cell: tuple[str, ...]) -> bytes:
    # JSON, because joined texts could be split elsewhere and mean another cell
    return json.dumps([kind, key_id, *cell]).encode()
