"""A certificate for the emulator's port, generated at each start."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from stagedoor.platform.operation import Host
from stagedoor.platform.records import frozen

from .links import SHORT

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
DOMAINS = ("tiktok.com", "tiktokapis.com")
"""TikTok's domains: the certificate is for each of their names."""
NAMES = tuple(
    name for url in (*(host.value for host in Host), SHORT) if (name := urlsplit(url).hostname)
)
"""The names by which programs call TikTok."""


@frozen
class Certificate:
    """PEM files: the server's chain and key, and the authority that clients trust."""

    chain: Path
    key: Path
    ca: Path
    fingerprint: str
    """The SHA-256 of the certificate's public key in base64, by which Chromium trusts it."""


def certificate(folder: Path) -> Certificate:
    """Write a certificate for loopback and TikTok's host names into `folder`."""
    import trustme

    authority = trustme.CA(organization_name="Stagedoor emulator")
    issued = authority.issue_cert(*_LOOPBACK, *NAMES, *(f"*.{one}" for one in DOMAINS))
    leaf = issued.cert_chain_pems[0].bytes()
    made = Certificate(
        folder / "chain.pem", folder / "key.pem", folder / "ca.pem", _fingerprint(leaf)
    )
    made.key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(made.key)
    for place, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(made.chain, append=place > 0)
    authority.cert_pem.write_to_path(made.ca)
    return made


def _fingerprint(pem: bytes) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.x509 import load_pem_x509_certificate

    key = load_pem_x509_certificate(pem).public_key()
    content = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
