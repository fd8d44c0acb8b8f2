"""Links by which a person decides without a token: signed, for one approval, gone with it.

The capability is made from the approval's id by a key of the service, so it can be shown again
and is written down nowhere; the database has its digest alone.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

PATH = "/agents/approve"
_PURPOSE = b"stagedoor: decide on an approval"
_MAX = 100


def capability(key: str, org: str, approval_id: str) -> str:
    own = hmac.digest(key.encode(), _PURPOSE, "sha256")
    signed = hmac.digest(own, f"{org}\n{approval_id}".encode(), "sha256")
    return urlsafe_b64encode(signed).rstrip(b"=").decode()


def digest(given: str) -> str:
    """What is stored, and what is looked for."""
    return hashlib.sha256(given[:_MAX].encode()).hexdigest()
