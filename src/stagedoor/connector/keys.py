"""The keys that everything secret rests on, kept outside the data directory and its backups.

    {"vault": [{"id": "k1", "key": "<base64, 32 bytes>"}, ...], "jwt": "<base64>"}

The first vault key writes, all of them read. STAGEDOOR_VAULT_KEYS (`id:base64,id:base64`) takes
the file's place where secrets come from the environment.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stagedoor.client.tokens import write_private

from .settings import SettingsError, environment

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """`vault` maps key ids to 32 bytes, the writing one first; `jwt` signs embedded tokens."""

    vault: dict[str, bytes] = field(repr=False)
    jwt: str = field(repr=False)

    @property
    def writing(self) -> str:
        return next(iter(self.vault))


def load(path: Path, environ: Mapping[str, str] | None = None) -> Keys:
    """The keys in force; a first start makes a file that only its owner can read."""
    values = environment() if environ is None else environ
    stored = _read(path)
    given = values.get("STAGEDOOR_VAULT_KEYS")
    if given:
        vault = dict(_named(item) for item in given.split(","))
        jwt = values.get("STAGEDOOR_JWT_SECRET") or str(stored.get("jwt") or secrets.token_hex(32))
        return Keys(vault, jwt)
    if not stored:
        first = {"id": "k1", "key": b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}
        stored = {"vault": [first], "jwt": secrets.token_hex(32)}
        write_private(path, json.dumps(stored))
    return _parsed(path, stored, values.get("STAGEDOOR_JWT_SECRET"))


def add(path: Path, key_id: str) -> None:
    """Make a new vault key that writes from the next start on; the old ones go on reading."""
    stored = _read(path)
    known = [item for item in _vault(stored) if item["id"] != key_id]
    fresh = {"id": key_id, "key": b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}
    write_private(path, json.dumps(stored | {"vault": [fresh, *known]}))


def remove(path: Path, key_id: str) -> None:
    """Take a vault key away; what it wrapped opens no more."""
    stored = _read(path)
    kept = [item for item in _vault(stored) if item["id"] != key_id]
    write_private(path, json.dumps(stored | {"vault": kept}))


def _read(path: Path) -> dict[str, object]:
    try:
        stored = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError:
        raise SettingsError(f"{path} isn't JSON: put its backup back") from None
    if not isinstance(stored, dict):
        raise SettingsError(f"{path} doesn't hold keys: put its backup back")
    return stored


def _vault(stored: Mapping[str, object]) -> list[dict[str, str]]:
    listed = stored.get("vault")
    return [dict(item) for item in listed] if isinstance(listed, list) else []


def _parsed(path: Path, stored: Mapping[str, object], jwt: str | None) -> Keys:
    try:
        vault = dict(_decoded(item["id"], item["key"]) for item in _vault(stored))
        if not vault:
            raise ValueError
        return Keys(vault, jwt or str(stored["jwt"]))
    except (KeyError, ValueError, TypeError):
        raise SettingsError(f"{path} doesn't hold keys: put its backup back") from None


def _named(item: str) -> tuple[str, bytes]:
    key_id, _, encoded = item.strip().partition(":")
    try:
        return _decoded(key_id, encoded)
    except ValueError:
        raise SettingsError(
            "STAGEDOOR_VAULT_KEYS must be id:base64 of 32 bytes, separated by commas"
        ) from None


def _decoded(key_id: str, encoded: str) -> tuple[str, bytes]:
    key = b64decode(encoded, validate=True)
    if len(key) != _KEY_BYTES or not key_id:
        raise ValueError("a key has an id and 32 bytes")
    return key_id, key
