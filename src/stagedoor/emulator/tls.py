"""A certificate for the emulator's port, generated at each start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from stagedoor.platform.operation import Host

_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the server's chain and key, and the authority that clients trust."""

    chain: Path
    key: Path
    ca: Path


def certificate(folder: Path) -> Certificate:
    """Write a certificate for loopback and TikTok's host names into `folder`."""
    import trustme

    authority = trustme.CA(organization_name="Stagedoor emulator")
    hosts = [name for host in Host if (name := urlsplit(host.value).hostname)]
    issued = authority.issue_cert(*_NAMES, *hosts)
    made = Certificate(folder / "chain.pem", folder / "key.pem", folder / "ca.pem")
    made.key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(made.key)
    for place, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(made.chain, append=place > 0)
    authority.cert_pem.write_to_path(made.ca)
    return made
