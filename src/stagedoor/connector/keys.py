"""The keys that encrypt all secrets, kept outside the data directory and its backups.

    {"vault": [{"id": "k1", "key": "<base64, 32 bytes>"}, ...], "jwt": "<base64>"}

The first vault key encrypts, all of them decrypt. STAGEDOOR_VAULT_KEYS (`id:base64,id:base64`)
replaces the file where secrets come from the environment. Reading never makes keys: `make` does,
and `vault.opening` decides when it may.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stagedoor.client.tokens import write_private

from .settings import Settings, SettingsError, environment

_KEY_BYTES = 32
_JWT_PURPOSE = "stagedoor: sign tokens of the embedded default"


@dataclass(frozen=True, slots=True)
class Keys:
    """`vault` maps key ids to 32 bytes, the encrypting one first; `jwt` signs embedded tokens."""

    vault: dict[str, bytes] = field(repr=False)
    jwt: str = field(repr=False)

    @property
    def writing(self) -> str:
        return next(iter(self.vault))

    def derived(self, purpose: str) -> list[bytes]:
        """Derive a key for one purpose from each vault key, the encrypting one's first.

        The same in every process that has the same keys, and after every restart.
        """
        return [_derive(key, purpose) for key in self.vault.values()]


def found(settings: Settings) -> Keys | None:
    """The keys from the settings, or None where there is no file yet."""
    return _found(settings.keys_file, settings.vault_keys, settings.jwt.secret)


def load(path: Path, environ: Mapping[str, str] | None = None) -> Keys:
    """Load the keys from a file or the environment. Raises `SettingsError` where there are none."""
    values = environment() if environ is None else environ
    keys = _found(path, values.get("STAGEDOOR_VAULT_KEYS"), values.get("STAGEDOOR_JWT_SECRET"))
    if keys is None:
        raise SettingsError(f"{path} doesn't exist yet: the first 'stagedoor serve' makes it")
    return keys


def make(settings: Settings) -> Keys:
    """Make new keys in a file that only its owner can read.

    If several processes do so concurrently, all get the first one's keys.
    """
    path = settings.keys_file
    first = {"id": "k1", "key": b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}
    _write_new(path, json.dumps({"vault": [first], "jwt": secrets.token_hex(32)}))
    return load(path, {"STAGEDOOR_JWT_SECRET": settings.jwt.secret or ""})


def _found(path: Path, given: str | None, jwt: str | None) -> Keys | None:
    stored = _read(path)
    if given:
        vault = dict(_named(item) for item in given.split(","))
        # derived, so that every process with these keys accepts the same tokens
        own = _derive(next(iter(vault.values())), _JWT_PURPOSE).hex()
        return Keys(vault, jwt or str(stored.get("jwt") or own))
    if not stored and not path.exists():
        return None
    return _parsed(path, stored, jwt or None)


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def _write_new(path: Path, text: str) -> None:
    """Create a private file atomically with all of its content, unless it exists."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        except OSError:
            # a file system without hard links: only there can two processes race
            if not path.exists():
                os.replace(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


def add(path: Path, key_id: str) -> None:
    """Make a new vault key that encrypts from the next start on; the old ones still decrypt."""
    stored = _read(path)
    known = [item for item in _vault(stored) if item["id"] != key_id]
    fresh = {"id": key_id, "key": b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}
    write_private(path, json.dumps(stored | {"vault": [fresh, *known]}))


def remove(path: Path, key_id: str) -> None:
    """Remove a vault key; data keys that it wrapped can't be decrypted any more."""
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
