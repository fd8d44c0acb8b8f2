"""Searches answers, logs and the audit for secrets."""

from __future__ import annotations

import io
import json
import logging
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from stagedoor.connector import logs

from .actors import HOMES, SECRETS
from .attack_environment import AttackEnvironment

_TOKENS = re.compile(rb"\b(?:act|rft|clt)\.[\w!.~-]{8,}")
"""The form of TikTok's tokens."""
_SHORTEST = 12


def secrets_of(environment: AttackEnvironment) -> dict[str, str]:
    """Return all secrets by their kind."""
    world, services = environment.world.all, environment.service.services
    found = {f"the key of {name}": key for name, key in environment.keys.items()}
    found |= {f"the secret of {org}'s app": one for org, one in SECRETS.items()}
    tokens = [*world.access_tokens, *world.refresh_tokens]
    found |= {f"TikTok's token {number}": one for number, one in enumerate(tokens)}
    with services.database.read() as connection:
        for table, column in (("audit_heads", "key"), ("vault_keys", "wrapped")):
            rows = connection.exec_driver_sql(f"SELECT {column} FROM {table}")  # noqa: S608
            sealed = [row[0] for row in rows]
            found |= {f"{table} {number}": str(one) for number, one in enumerate(sealed)}
    keys = services.keys
    found |= {
        f"the vault's key {name}": b64encode(one).decode() for name, one in keys.vault.items()
    }
    found |= {f"the vault's key {name}, raw": one.hex() for name, one in keys.vault.items()}
    found["the key of tokens"] = keys.jwt
    return {name: one for name, one in found.items() if len(one) >= _SHORTEST}


def told(environment: AttackEnvironment, where: str, text: bytes, *, handed: bool) -> list[str]:
    """Return the secrets in a text. `handed`: capabilities that agents received count as well."""
    found = [
        f"{name} in {where}"
        for name, one in secrets_of(environment).items()
        if one.encode() in text
    ]
    found += [f"{one[:8]!r}... in {where}" for one in _TOKENS.findall(text)]
    if handed:
        found += [f"a capability in {where}" for one in environment.handed if one.encode() in text]
    return found


def audited(environment: AttackEnvironment) -> bytes:
    """Return the whole audit as its routes show it."""
    rows = [asdict(row) for org in HOMES for row in environment.agents.audit.all(org)]
    return json.dumps(rows).encode()


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Capture the service's log as it is written, and its own lines without the mask as well."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    logs.configure(as_json=True)
    made = root.handlers[0].formatter
    root.handlers[:] = kept
    handler.setFormatter(made)
    bare = logging.StreamHandler(heard)
    own = logging.getLogger("stagedoor")
    root.addHandler(handler)
    own.addHandler(bare)
    try:
        yield heard
    finally:
        root.removeHandler(handler)
        own.removeHandler(bare)
