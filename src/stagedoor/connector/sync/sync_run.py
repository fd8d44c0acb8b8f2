"""A run of one synchronisation of an account, and the declaration of a type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from stagedoor.client import TikTok, TikTokBusiness
from stagedoor.platform.scopes import implied

from ..activity.videos import Changed
from ..clock import Clock
from ..database import Database, TenantConnection
from ..inbox.ingest import CommentIngest
from ..integrations.accounts import CredentialKind, Integration
from ..subscriptions.events import EventEmitter

CALLS = 25
"""The largest number of calls in one run: then other accounts have their turn."""


TAKEN: Final[Mapping[str, Any]] = {"taken": True}
"""Stands for the options of a trigger that a run took which isn't finished."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of a trigger, or of several that no run has taken yet; the last came at the time
    `at`. `since`: only videos posted since then; `older`: a trigger that named no start came too.
    Times in Unix seconds."""

    at: float
    force: bool = False
    since: float | None = None
    older: bool = False

    @property
    def reaches(self) -> float | None:
        """The start of the period that is read again; None: everything."""
        return None if self.older else self.since

    def joined(self, later: Wanted) -> Wanted:
        """The options of both: nothing that either asked for is left out."""
        named = [one.since for one in (self, later) if one.since is not None]
        older = bool(named) and any(one.older or one.since is None for one in (self, later))
        return Wanted(later.at, self.force or later.force, min(named, default=None), older)

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Wanted | None:
        return None if stored is None or stored == TAKEN else cls(**stored)


@dataclass(frozen=True, slots=True)
class Next:
    """The result of a run: the type's next run is `at` (Unix seconds), or when another type brings
    it forward (None). `finished` False: that run goes on from `SyncRun.progress`."""

    at: float | None
    finished: bool = True


@dataclass
class SyncRun:
    """One run of a type for an account."""

    account: Integration
    subject: CredentialKind
    """The kind of the credential that the run acts by."""
    client: TikTok | TikTokBusiness = field(repr=False)
    """Acts for that credential, with its guard."""
    wanted: Wanted | None
    """The options of a trigger, for one run."""
    progress: Mapping[str, Any] | None
    """Where to go on; the run keeps it up to date, since an error may end it at any call."""
    first: bool
    """No run of the type has succeeded for the account yet."""
    clock: Clock
    database: Database = field(repr=False)
    events: EventEmitter = field(repr=False)
    comments: CommentIngest = field(repr=False)
    on_change: Callable[[TenantConnection, str, list[Changed]], None]
    """Called in the transaction in which videos appeared, disappeared or came back."""
    keep_hold: Callable[[TenantConnection], None]
    """Extends the run's hold on its state. Raises `HoldLost` when it has none any more."""
    stopping: Callable[[], bool] = lambda: False
    """Whether the process is shutting down: then the run ends after its present call."""

    @property
    def now(self) -> float:
        return self.clock.now()

    @property
    def tiktok(self) -> TikTok:
        """The client of a creator."""
        assert isinstance(self.client, TikTok)  # noqa: S101
        return self.client

    @property
    def business_account(self) -> TikTokBusiness:
        """The client of a business account: its calls need no `business_id`."""
        assert isinstance(self.client, TikTokBusiness)  # noqa: S101
        return self.client

    def business_for(self, advertiser_id: str) -> TikTokBusiness:
        """The client of one of the account's ad accounts: its calls need no `advertiser_id`."""
        assert isinstance(self.client, TikTokBusiness)  # noqa: S101
        return self.client.for_advertiser(advertiser_id)

    @property
    def had(self) -> frozenset[str]:
        """The scopes that the account allows, with those that they imply."""
        return _had(self.account, self.subject)

    def calls(self) -> Iterator[int]:
        """The numbers of the calls that the run may make."""
        for number in range(CALLS):
            if number and self.stopping():
                return
            yield number

    @contextmanager
    def write(self) -> Iterator[TenantConnection]:
        """A transaction of the account's organisation. It is rolled back, and the run ends, when
        the run doesn't hold its state any more."""
        with self.database.begin() as connection:
            tenant = TenantConnection(connection, self.account.org)
            yield tenant
            # at the end: others lock an account's videos before its states, too
            self.keep_hold(tenant)

    def changed(self, tenant: TenantConnection, videos: list[Changed]) -> None:
        """Tell of changed videos, in the transaction that changed them."""
        if videos:
            self.on_change(tenant, self.account.id, videos)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often something is read: `every` seconds while it is younger than `age` seconds (None:
    at any age)."""

    every: float
    age: float | None = None


@dataclass(frozen=True, slots=True)
class SyncType:
    """A type of synchronisation. A new type is a module with such a value, and a line in
    `types/__init__.py`."""

    name: str
    subject: CredentialKind
    """The kind of credential that it needs."""
    scopes: tuple[str, ...]
    """The account must allow one of these; empty: the credential is enough."""
    what: str
    """The data that the type reads, in words."""
    operations: tuple[str, ...]
    """TikTok's operations that it calls."""
    page: int
    """The number of objects that one call reads."""
    cadence: tuple[Cadence, ...]
    run: Callable[[SyncRun], Next] = field(repr=False)
    """Reads for at most `CALLS` calls. It may be repeated: each of its writes is idempotent."""

    def missing(self, account: Integration) -> str | None:
        """Why the account doesn't have this type; None if it has."""
        if self.scopes and _had(account, self.subject).isdisjoint(self.scopes):
            scopes = " or ".join(self.scopes)
            return f"the scope {scopes} is missing: ask {_HOLDERS[self.subject]} to connect again"
        return None


_HOLDERS = {
    CredentialKind.CREATOR: "the creator",
    CredentialKind.ACCOUNT: "the account's holder",
    CredentialKind.ADS: "the advertiser",
}


def _had(account: Integration, subject: CredentialKind) -> frozenset[str]:
    return implied(frozenset(account.must_have(subject).granted))
