"""Appends to the audit, reads it, and proves that it is unchanged."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection, organisations_with
from stagedoor.connector.errors import ObjectNotFound
from stagedoor.connector.pages import Page, numbered
from stagedoor.connector.vault import Vault, VaultClosed
from stagedoor.connector.witness.service import Witness

from .. import quoting
from . import chain, excerpt, search, store
from .entry import (
    ACTED,
    CallOutcome,
    DecisionRecord,
    Draft,
    EntryKind,
    Head,
    Receipt,
    outcome_of,
    shown,
)
from .errors import AuditUnavailable
from .models import audit_heads
from .store import EntryFilter
from .verify import ChainProblem, HeadSource, KeptHead, Verification, check

LOOKED_AT = 10_000
"""Entries that one page of a search reads; its cursor goes on from there."""
_STRETCH = 1_000
_SALT_BYTES = 16
_MAX_LOG_ID = 200
_KEY_BYTES = 32
_GIVEN = tuple(name for name in chain.FIELDS if name in Draft.__slots__)


Erase = Callable[[TenantConnection, str | None, float], None]
"""A listener of erasures: erases personal texts of one account's calls, or of all, at a time."""


class Audit:
    """The audits of all organisations.

    `has_agents` tells whether an organisation has agents, and so must have an audit. `erases` are
    called in the transaction of an erasure.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        witness: Witness,
        *,
        has_agents: Callable[[TenantConnection], bool],
        erases: Sequence[Erase],
    ) -> None:
        self._has_agents = has_agents
        self._erases = tuple(erases)
        self._witness = witness
        self._database = database
        self._vault = vault
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, bytes] = {}

    def begin(self, org: str) -> None:
        """Create the organisation's chain unless it exists. Not inside a transaction.

        Raises `AuditUnavailable` if the organisation had a chain that was deleted: a new chain
        would hide that.
        """
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            if store.head(tenant) is not None:
                return
            left = self._left(tenant)
        if left:
            raise AuditUnavailable(
                f"The head of the organisation's audit is gone, and {left}: stagedoor audit verify "
                "says more. Nothing was changed; restore the audit from a backup."
            )
        key = secrets.token_bytes(_KEY_BYTES)
        sealed = self._vault.seal(*_cell(org), key.hex())
        with self._database.begin() as connection:
            mac = chain.mac(key, org, 0, chain.START)
            store.begin(
                TenantConnection(connection, org), seq=0, hash=chain.START, mac=mac, key=sealed
            )

    def key(self, org: str) -> bytes:
        """Return the key of the MAC on the chain's end. Not inside a transaction: the vault has
        its own."""
        with self._lock:
            known = self._keys.get(org)
        if known is not None:
            return known
        with self._database.read() as connection:
            row = store.head(TenantConnection(connection, org))
        if row is None:
            raise AuditUnavailable("The organisation has no audit yet: it has no agent.")
        key = bytes.fromhex(self._vault.open(*_cell(org), row.key))
        with self._lock:
            self._keys[org] = key
        return key

    def renew_keys(self) -> list[str]:
        """Renew the keys after a reset of the vault: each chain whose key can't be opened gets a
        new key, and an entry that says so. Returns the organisations.

        The proof of the earlier entries is lost with the old key; the hashes, the witness and heads
        kept elsewhere still cover them.
        """
        with self._database.read() as connection:
            orgs = organisations_with(connection, audit_heads)
        return [org for org in orgs if self._renew_key(org)]

    def _renew_key(self, org: str) -> bool:
        try:
            self.key(org)
        except VaultClosed:
            pass
        else:
            return False
        key = secrets.token_bytes(_KEY_BYTES)
        sealed = self._vault.seal(*_cell(org), key.hex())
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            found = store.locked(tenant)
            if found is None:
                return False
            seq, last, _ = found
            store.renew(tenant, chain.mac(key, org, seq, last), sealed)
            self.append(tenant, key, Draft(kind=EntryKind.RENEWAL, at=self._clock.now()))
        return True

    def append(self, tenant: TenantConnection, key: bytes, draft: Draft) -> Receipt:
        """Append one entry, as a batch of one, in the caller's transaction, which locks the
        chain head. Raises `AuditUnavailable`."""
        [receipt] = self.write_all(tenant, key, self.lock(tenant, key), [draft])
        return receipt

    def lock(self, tenant: TenantConnection, key: bytes) -> Head:
        """Lock the chain head until the transaction ends; return it. Raises `AuditUnavailable`."""
        found = store.locked(tenant)
        if found is None:
            raise AuditUnavailable("The organisation's audit is gone.")
        return self.end(tenant, key, *found)

    def end(self, tenant: TenantConnection, key: bytes, seq: int, last: str, mac: str) -> Head:
        """Return the chain head that was read. Raises `AuditUnavailable` if its MAC is wrong."""
        if not chain.same(mac, chain.mac(key, tenant.org, seq, last)):
            raise AuditUnavailable(
                "The end of the audit was moved by somebody else: stagedoor audit verify says more."
            )
        return Head(seq, last)

    def write(
        self,
        tenant: TenantConnection,
        key: bytes,
        head: Head,
        draft: Draft,
        how: store.EntryAppender = store.APPEND,
        along: Mapping[str, Any] | None = None,
    ) -> Receipt | None:
        """Append a decision optimistically: one statement writes the entry, its text and a
        change of a window. None: `head` isn't the chain head any more, and nothing was written."""
        entry, end = _entry(tenant.org, head, draft)
        entry |= {"before": head.seq, **_moved(tenant.org, key, end)}
        written = how.run(tenant, {**entry, **(along or {})})
        return Receipt(tenant.org, end.seq) if written else None

    def write_all(
        self, tenant: TenantConnection, key: bytes, head: Head, drafts: Sequence[Draft]
    ) -> list[Receipt]:
        """Append entries after `head`, which the caller has locked."""
        entries: list[dict[str, Any]] = []
        for draft in drafts:
            entry, head = _entry(tenant.org, head, draft)
            entries.append(entry)
        store.append_all(tenant, entries, _moved(tenant.org, key, head))
        return [Receipt(tenant.org, entry["seq"]) for entry in entries]

    def settle(self, receipt: Receipt, outcome: CallOutcome, log_id: str | None = None) -> bool:
        """Record the outcome of an allowed call; False if it has an outcome already."""
        return self.record_outcome(
            receipt.org, outcome_of(receipt, outcome, log_id, self._clock.now())
        )

    def record_outcome(self, org: str, outcome: Draft) -> bool:
        """Record the outcome of a decision; False if it has an outcome already."""
        key = self.key(org)
        try:
            with self._database.begin() as connection:
                self.append(TenantConnection(connection, org), key, outcome)
        except IntegrityError:
            return False
        return True

    def erase(self, org: str, by: str, role: str, account: str | None = None) -> int:
        """Erase the texts of an account's calls so far, or of all. Returns how many. Calls that
        wait for a person can't be made without their texts: they end.

        The erasure is an entry itself, which names the person `by` with this role. Other fields
        stay, and the chain still verifies. Raises `ObjectNotFound` for an account that no entry
        names.
        """
        key = self.key(org)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if account is not None and not store.names(tenant, account):
                raise ObjectNotFound("The audit has nothing of such an account.")
            did = "all texts" if account is None else "the texts of an account's calls"
            draft = Draft(
                kind=EntryKind.ERASURE,
                at=self._clock.now(),
                account=account,
                operation="eraseAuditTexts",
                decision=ACTED,
                rule=role,
                text={"sentence": f"{quoting.name(by, 'Somebody')}: Erase {did}.", "by": by},
            )
            receipt = self.append(tenant, key, draft)
            for also_erase in self._erases:
                also_erase(tenant, account, self._clock.now())
            return store.erase(tenant, account, receipt.seq)

    def end_waiting(self, org: str, accounts: Sequence[str]) -> None:
        """End the calls of these accounts that wait for a person, as an erasure does."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            for account in accounts:
                for also_erase in self._erases:
                    also_erase(tenant, account, self._clock.now())

    def head(self, org: str) -> Head:
        """Return the chain head: kept elsewhere, it proves later that nothing was cut off."""
        with self._database.read() as connection:
            row = store.head(TenantConnection(connection, org))
        return Head(0, chain.START) if row is None else Head(row.seq, row.hash)

    def page(
        self,
        org: str,
        wanted: EntryFilter | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[DecisionRecord]:
        """Return a page, newest first; fewer items than `limit` where their texts are long. A page
        may have no items and still a cursor. Raises `InvalidInput`."""
        rows, after = self._page(org, wanted or EntryFilter(), numbered(cursor), limit)
        return Page([shown(row) for row in rows], None if after is None else str(after))

    def all(self, org: str, wanted: EntryFilter | None = None) -> Iterator[DecisionRecord]:
        """Yield every decision, newest first, in bounded memory."""
        return map(shown, self.newest(org, wanted or EntryFilter()))

    def newest(self, org: str, wanted: EntryFilter) -> Iterator[Row[Any]]:
        """Yield the stored rows of `all`."""
        cursor: int | None = None
        while True:
            rows, cursor = self._page(org, wanted, cursor, _STRETCH)
            yield from rows
            if cursor is None:
                return

    def _page(
        self, org: str, wanted: EntryFilter, cursor: int | None, limit: int
    ) -> tuple[Sequence[Row[Any]], int | None]:
        """Return rows, and the cursor of the next page."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            if cursor is None:
                head = store.head(tenant)
                cursor = 1 if head is None else head.seq + 1
            floor = max(1, cursor - LOOKED_AT)
            find = store.sizes if wanted.words is None else search.sizes
            sizes = find(tenant, wanted, cursor, floor, limit + 1)
            fitting = store.fitting(sizes[:limit])
            last = fitting[-1][0] if fitting else cursor
            rows = store.decisions_of(tenant, [seq for seq, _ in fitting])
        if len(sizes) > len(fitting):
            return rows, last
        return rows, floor if floor > 1 else None

    def after(self, org: str, seq: int, limit: int = 200) -> Sequence[Row[Any]]:
        """Return decisions, outcomes, verdicts and changes after an entry, in their order."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            fitting = store.fitting(store.sizes_after(tenant, seq, limit))
            return store.entries_after(tenant, seq, fitting[-1][0]) if fitting else []

    def verify(self, org: str, since: Head | None = None) -> Verification:
        """Find every change, gap, reordering and cut, in bounded memory.

        The chain must still contain the heads that the witness holds, and `since`, a head that the
        caller kept.
        """
        # read before the chain, which only grows
        kept = [KeptHead(Head(*head), HeadSource.WITNESS) for head in self._witness.kept(org)]
        if since is not None:
            kept.append(KeptHead(since, HeadSource.SINCE))
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            row = store.head(tenant)
            left = "" if row is not None else self._left(tenant)
        if row is None:
            gone = [ChainProblem(one.head.seq, "the whole audit is gone") for one in kept[:1]]
            if left and not gone:
                gone.append(ChainProblem(0, f"the head of the audit is gone, and {left}"))
            return Verification(0, Head(0, chain.START), tuple(gone), len(gone), audited=bool(gone))
        end = Head(row.seq, row.hash)
        genuine = chain.same(row.mac, chain.mac(self.key(org), org, row.seq, row.hash))
        return check(org, self._entries(org, row.seq), end, genuine, kept)

    def accept_restore(self, org: str, by: str) -> list[Head]:
        """Record that a person accepts the loss of entries by a restore: an entry names the
        earlier heads, and the witness drops them. Returns those heads; [] if there is nothing to
        accept."""
        lost = [Head(*head) for head in self._witness.former(org)]
        if lost:
            key = self.key(org)
            said = {"by": by, "heads": [str(head) for head in lost]}
            with self._database.begin() as connection:
                draft = Draft(kind=EntryKind.RESTORE, at=self._clock.now(), text=said)
                self.append(TenantConnection(connection, org), key, draft)
            self._witness.give_up(org)
        return lost

    def _left(self, tenant: TenantConnection) -> str:
        """Return the evidence that the organisation had an audit; "" if there is none."""
        if store.sizes_between(tenant, -(2**62), 2**62, 1):
            return "entries are left"
        return "the organisation has agents" if self._has_agents(tenant) else ""

    def _entries(self, org: str, until: int) -> Iterator[Mapping[str, Any]]:
        """Yield all rows in the order of seq, read in short stretches."""
        after = -(2**62)
        while True:
            with self._database.read() as connection:
                tenant = TenantConnection(connection, org)
                fitting = store.fitting(store.sizes_between(tenant, after, until, _STRETCH))
                if not fitting:
                    return
                rows = store.stretch(tenant, after, fitting[-1][0])
            yield from (row._asdict() for row in rows)
            after = fitting[-1][0]


def _entry(org: str, head: Head, draft: Draft) -> tuple[dict[str, Any], Head]:
    """Return the entry that follows `head`, with its text, and the new head."""
    entry: dict[str, Any] = {name: getattr(draft, name) for name in _GIVEN}
    entry |= {"org": org, "seq": head.seq + 1, "kind": draft.kind.value}
    # microseconds, as shown to callers, so that a shown time can be used in a search
    entry["at"] = round(draft.at, 6)
    if draft.log_id is not None:
        entry["log_id"] = draft.log_id[:_MAX_LOG_ID]
    entry["commitment"] = None
    beside = {}
    if draft.text is not None:
        text, salt = excerpt.written(draft.text), secrets.token_hex(_SALT_BYTES)
        entry["commitment"] = chain.commit(salt, text)
        beside = {"salt": salt, "text": text}
    entry["hash"] = chain.link(head.hash, entry)
    return entry | beside, Head(head.seq + 1, entry["hash"])


def _moved(org: str, key: bytes, end: Head) -> dict[str, Any]:
    """Return the new values of the chain head's row."""
    mac = chain.mac(key, org, end.seq, end.hash)
    return {"new_seq": end.seq, "new_hash": end.hash, "new_mac": mac}


def _cell(org: str) -> tuple[str, str, str, str]:
    """Return the vault's location of a chain's key."""
    return f"org:{org}", "audit_heads", org, "key"
