"""The vault: encrypts texts, each bound to one cell, and decrypts them there only.

Each scope (an app) has a data key of its own in the database, wrapped by the first vault key
(`keys.py`). Every vault key of the ring unwraps, so keys rotate without downtime: put a new one
first, restart, call `rotate`, and remove the old one.
"""

from __future__ import annotations

import secrets
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..clock import Clock
from ..database import Database
from ..keys import Keys
from . import envelope, store
from .envelope import KEY, KEY_BYTES, VALUE, Sealed
from .errors import VaultClosed


@dataclass(frozen=True, slots=True)
class _DataKey:
    id: str
    scope: str
    cipher: AESGCM = field(repr=False)


class Vault:
    """The vault. Thread-safe. It opens its own transactions: call it outside yours."""

    cached = 1024
    """Data keys kept unwrapped in memory."""

    def __init__(self, database: Database, keys: Keys, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._writing = keys.writing
        self._ring = {key_id: AESGCM(key) for key_id, key in keys.vault.items()}
        self._lock = threading.Lock()
        self._by_id: OrderedDict[str, _DataKey] = OrderedDict()
        self._ids: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"<Vault, {len(self._ring)} keys>"

    def seal(self, scope: str, table: str, row: str, field: str, plaintext: str) -> str:
        """Encrypt into an envelope that only `open` with the same four names decrypts. Raises
        `VaultClosed`."""
        key = self._writing_key(scope)
        cell = (scope, table, row, field)
        return envelope.seal(VALUE, key.cipher, key.id, cell, plaintext.encode())

    def open(self, scope: str, table: str, row: str, field: str, ciphertext: str) -> str:
        """Decrypt the text that was sealed for this cell. Raises `VaultClosed`, whatever the
        reason is."""
        try:
            key = self._key(envelope.key_of(VALUE, ciphertext))
            if key.scope != scope:
                raise Sealed
            plain = envelope.open_(VALUE, key.cipher, (scope, table, row, field), ciphertext)
        except Sealed:
            raise _closed(f"{table}.{field}") from None
        return plain.decode()

    def rotate(self) -> int:
        """Wrap every data key with the newest vault key; returns the number of data keys. May run
        at any time."""
        changed = 0
        for row in store.not_wrapped_by(self._database, self._writing):
            plain = self._unwrap(row.id, row.scope, row.wrapped)
            wrapped = self._wrap(row.id, row.scope, plain)
            changed += store.rewrap(self._database, row, self._writing, wrapped)
        return changed

    def used(self) -> dict[str, int]:
        """The number of data keys that each vault key wraps."""
        return store.wrapped_by(self._database)

    def _writing_key(self, scope: str) -> _DataKey:
        with self._lock:
            key = self._by_id.get(self._ids.get(scope, ""))
        if key is not None:
            return key
        row = store.of_scope(self._database, scope)
        if row is None:
            key_id, plain = uuid.uuid4().hex, secrets.token_bytes(KEY_BYTES)
            wrapped = self._wrap(key_id, scope, plain)
            now = self._clock.now()
            if store.add(self._database, key_id, scope, self._writing, wrapped, now):
                return self._remember(_DataKey(key_id, scope, AESGCM(plain)))
            row = store.of_scope(self._database, scope)
            if row is None:
                raise _closed(scope)
        return self._remember(
            _DataKey(row.id, scope, AESGCM(self._unwrap(row.id, scope, row.wrapped)))
        )

    def _key(self, key_id: str) -> _DataKey:
        with self._lock:
            key = self._by_id.get(key_id)
        if key is not None:
            return key
        row = store.by_id(self._database, key_id)
        if row is None:
            raise Sealed
        cipher = AESGCM(self._unwrap(row.id, row.scope, row.wrapped))
        return self._remember(_DataKey(row.id, row.scope, cipher))

    def _remember(self, key: _DataKey) -> _DataKey:
        with self._lock:
            self._by_id[key.id] = key
            self._ids[key.scope] = key.id
            while len(self._by_id) > self.cached:
                _, dropped = self._by_id.popitem(last=False)
                self._ids.pop(dropped.scope, None)
        return key

    def _wrap(self, key_id: str, scope: str, plain: bytes) -> str:
        cipher = self._ring[self._writing]
        return envelope.seal(KEY, cipher, self._writing, (key_id, scope), plain)

    def _unwrap(self, key_id: str, scope: str, wrapped: str) -> bytes:
        try:
            cipher = self._ring.get(envelope.key_of(KEY, wrapped))
            if cipher is None:
                raise Sealed
            return envelope.open_(KEY, cipher, (key_id, scope), wrapped)
        except Sealed:
            raise _closed(f"the data key of {scope}") from None


def _closed(what: str) -> VaultClosed:
    return VaultClosed(
        f"The vault doesn't open {what}: its keys are missing or others, or the stored text was "
        "altered or moved. Put the vault's keys back (keys.json or STAGEDOOR_VAULT_KEYS) and "
        "restart."
    )
