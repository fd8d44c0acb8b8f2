"""What a process of the service is made of, put together once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import httpx2

from stagedoor.client import TikTok
from stagedoor.client.client import TIMEOUT
from stagedoor.client.transport import opened

from .apps.service import Apps
from .clock import OpenClock, clock
from .database import Database, Scope
from .fetching.service import Fetching
from .health import Health
from .integrations.accounts import Integration
from .integrations.connecting import Connecting
from .integrations.returning import ReturnUrls
from .integrations.service import Integrations
from .keys import Keys
from .limits.pacer import DatabasePacer
from .media.service import MediaService
from .notices.service import Notices
from .pauses.service import Pauses
from .publishing import stranded
from .publishing.offered import CreatorAnswers
from .publishing.posts import Post
from .publishing.service import Posts
from .publishing.states import State
from .readiness import Readiness
from .settings import Settings
from .tenants.tokens import Verifier
from .vault import Vault, opening
from .webhooks.service import Webhooks
from .witness.service import Witness


@dataclass
class Services:
    """Shared by routes and jobs. Domains are added as properties, made when first asked for."""

    settings: Settings
    keys: Keys = field(repr=False)
    database: Database
    clock: OpenClock
    on_move: list[Callable[[Scope, Post, State], None]] = field(default_factory=list)
    """Told, in the transaction, of each new state of a post that a layer above asked for."""

    @classmethod
    def build(cls, settings: Settings) -> Services:
        """Raises `SettingsError`, also where keys would have to be made for a vault in use."""
        database = Database(settings.database_url)
        try:
            keys = opening.keys_for(settings, database)
        except BaseException:
            database.close()
            raise
        return cls(
            settings=settings,
            keys=keys,
            database=database,
            clock=clock(settings.clock_url),
        )

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(self.settings.jwt, self.keys.jwt, self.clock)

    @cached_property
    def http(self) -> httpx2.Client:
        """For calls to TikTok; its connections are shared."""
        return opened(httpx2.Client, TIMEOUT)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.database, self.keys, self.clock)

    @cached_property
    def apps(self) -> Apps:
        return Apps(self.settings, self.database, self.vault, self.clock, self.http)

    @cached_property
    def health(self) -> Health:
        return Health(self)

    @cached_property
    def notices(self) -> Notices:
        notices = Notices(self.database, self.clock)
        for kind in ("integration.revoked", "integration.expired", "integration.deleted"):
            notices.followed_by(kind, lambda scope, ref: stranded.tell(notices, scope, ref))
        return notices

    @cached_property
    def integrations(self) -> Integrations:
        return Integrations(
            settings=self.settings,
            database=self.database,
            vault=self.vault,
            apps=self.apps,
            notices=self.notices,
            clock=self.clock,
            http=self.http,
            pacer=self.pacer,
        )

    @cached_property
    def return_urls(self) -> ReturnUrls:
        return ReturnUrls(self.database)

    @cached_property
    def connecting(self) -> Connecting:
        return Connecting(
            settings=self.settings,
            database=self.database,
            vault=self.vault,
            apps=self.apps,
            notices=self.notices,
            clock=self.clock,
            integrations=self.integrations,
            return_urls=self.return_urls,
        )

    def tiktok_for(self, account: Integration | str) -> TikTok:
        """A client that acts for an integration, or for a grant by its id."""
        return self.integrations.tiktok_for(account)

    @cached_property
    def pacer(self) -> DatabasePacer:
        return DatabasePacer(self.database, self.clock)

    @cached_property
    def webhooks(self) -> Webhooks:
        return Webhooks(self)

    @cached_property
    def media(self) -> MediaService:
        return MediaService(self.settings, self.database, self.clock)

    @cached_property
    def readiness(self) -> Readiness:
        return Readiness(self)

    @cached_property
    def fetching(self) -> Fetching:
        return Fetching(self.settings.fetch_private, self.database, self.media)

    @cached_property
    def posts(self) -> Posts:
        return Posts(self)

    @cached_property
    def creator_answers(self) -> CreatorAnswers:
        return CreatorAnswers(self.clock)

    @cached_property
    def pauses(self) -> Pauses:
        return Pauses(self)

    @cached_property
    def witness(self) -> Witness:
        return Witness(self)

    def close(self) -> None:
        if "fetching" in self.__dict__:
            self.fetching.close()
        if "readiness" in self.__dict__:
            self.readiness.close()
        if "media" in self.__dict__:
            self.media.close()
        if "creator_answers" in self.__dict__:
            self.creator_answers.close()
        if "http" in self.__dict__:
            self.http.close()
        self.clock.close()
        self.database.close()
