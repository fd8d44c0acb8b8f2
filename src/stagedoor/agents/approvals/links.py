"""Links by which a person decides without a token: signed, for one approval, gone with it.

The capability is made from the approval's id by a key that is derived from the vault's: the same
in every process and after every restart, so it can be shown again and is written down nowhere. The
database has its digest alone. A link that an earlier key of the vault's ring made stays good.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from stagedoor.connector.keys import Keys

PATH = "/agents/approve"
_PURPOSE = "stagedoor: decide on an approval"
_MAX = 100


def capabilities(keys: Keys, org: str, approval_id: str) -> list[str]:
    """By each key that may have made the approval's link, the writing one's first."""
    before = hmac.digest(keys.jwt.encode(), _PURPOSE.encode(), "sha256")
    return [_signed(key, org, approval_id) for key in (*keys.derived(_PURPOSE), before)]


def capability(keys: Keys, org: str, approval_id: str, stored: str | None = None) -> str:
    """The one whose digest is `stored`; for a new approval, or where no key is left that made the
    stored one, the writing key's."""
    made = capabilities(keys, org, approval_id)
    return next((one for one in made if digest(one) == stored), made[0])


def _signed(key: bytes, org: str, approval_id: str) -> str:
    signed = hmac.digest(key, f"{org}\n{approval_id}".encode(), "sha256")
    return urlsafe_b64encode(signed).rstrip(b"=").decode()


def digest(given: str) -> str:
    """What is stored, and what is looked for."""
    return hashlib.sha256(given[:_MAX].encode()).hexdigest()
