"""Links by which a person decides without a token: signed capability URLs, one for each approval,
valid as long as the approval.

The capability is derived from the approval's id with a key that is derived from the vault's key: it
is the same in every process and after every restart, so it can be shown again and is stored
nowhere. The database holds its digest only. A link made with an earlier key of the vault's ring
stays valid.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from stagedoor.connector.keys import Keys
from stagedoor.platform.masking import APPROVAL

PATH = APPROVAL.removesuffix("/")
_PURPOSE = "stagedoor: decide on an approval"
_MAX = 100


def capabilities(keys: Keys, org: str, approval_id: str) -> list[str]:
    """Return the capability by each key that may have made it, the current key's first."""
    before = hmac.digest(keys.jwt.encode(), _PURPOSE.encode(), "sha256")
    return [_signed(key, org, approval_id) for key in (*keys.derived(_PURPOSE), before)]


def capability(keys: Keys, org: str, approval_id: str, stored: str | None = None) -> str:
    """Return the capability whose digest is `stored`; the current key's for a new approval, and
    where the key that made the stored capability is gone."""
    made = capabilities(keys, org, approval_id)
    return next((one for one in made if digest(one) == stored), made[0])


def _signed(key: bytes, org: str, approval_id: str) -> str:
    signed = hmac.digest(key, f"{org}\n{approval_id}".encode(), "sha256")
    return urlsafe_b64encode(signed).rstrip(b"=").decode()


def digest(given: str) -> str:
    """Return the digest of a capability, as stored and looked up."""
    return hashlib.sha256(given[:_MAX].encode()).hexdigest()
