"""The declaration types: a product, an operation, a browser page, an event, and their parts.

An `Operation` is a value, made by its `ApiProduct`. The sync and async client methods, the
emulator's route, the connector's operation, the agent's tool and the reference docs are derived
from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from enum import Enum, StrEnum
from typing import Any, Generic, ParamSpec, TypeVar

from .bounds import MAX_BODY
from .errors import Case
from .paging import Paging
from .protocols.protocol import Protocol
from .protocols.protocol import Subject as Subject
from .records import frozen

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class Host(Enum):
    """TikTok's hosts, by purpose. The client maps each to a base address."""

    API = "https://open.tiktokapis.com"
    WWW = "https://www.tiktok.com"
    BUSINESS = "https://business-api.tiktok.com"
    HANDED_OUT = ""
    """The complete URL comes from an earlier answer (`upload_url`)."""


class OperationEffect(StrEnum):
    READ = "read"
    WRITE = "write"


class Resource(StrEnum):
    """The resources that a grant to an agent can name."""

    PROFILE = "profile"
    VIDEOS = "videos"
    POSTING = "posting"
    COMMENTS = "comments"
    ADS = "ads"
    AUDIENCES = "audiences"
    COMMERCIAL = "commercial"
    RESEARCH = "research"
    PORTABILITY = "portability"
    AUTHORIZATION = "authorization"
    """Token exchange, revoke and uploads: used by the client alone, so no grant names it."""


class Surface(StrEnum):
    """The interfaces on which an operation appears."""

    CLIENT = "client"
    OPERATION = "operation"
    TOOL = "tool"
    PROXY = "proxy"


class Retry(StrEnum):
    """Whether the transport may retry the same request by itself."""

    SAFE = "safe"
    NEVER = "never"


GIVEN = frozenset({Surface.CLIENT, Surface.TOOL, Surface.PROXY})
"""The surfaces of an operation that can be granted to an agent."""
SERVED = GIVEN | {Surface.OPERATION}
"""The surfaces of an operation that the service offers: to callers, and to granted agents."""


class Tier(StrEnum):
    """The tier of an app in TikTok API for Business; it raises the app's rate limits."""

    BASIC = "Basic"
    ADVANCED = "Advanced"
    PREMIUM = "Premium"
    ULTIMATE = "Ultimate"


TIERS = tuple(Tier)


class LimitKey(StrEnum):
    """The key of a rate-limit window: calls with the same value share a window."""

    USER_TOKEN = "user_token"
    CLIENT = "client"
    """The app."""
    APP_TIER = "app_tier"
    """The app, with a window set by the app's tier at TikTok."""
    ADVERTISER = "advertiser"
    """The ad account that the request names."""
    ACCOUNT = "account"
    """The TikTok account that the call is made for, whichever of its tokens the call carries."""
    ORGANISATION = "organisation"
    """All apps of one developer together."""


@frozen
class RateLimit:
    """A sliding window: at most `requests` in any `per_seconds`, for each value of `by`.

    A window of a day resets at 00:00 UTC at TikTok.
    """

    requests: int
    per_seconds: float
    by: LimitKey
    tiers: tuple[int, ...] = ()
    """The requests by the app's tier, where they depend on it; `requests` are those of Basic."""
    pool: str | None = None
    """The operations that share the window; None: each operation has its own."""

    def at(self, tier: Tier) -> RateLimit:
        """The limit of an app of this tier."""
        if not self.tiers or tier is Tier.BASIC:
            return self
        return replace(self, requests=self.tiers[TIERS.index(tier)])


@frozen
class Quota:
    """The most requests and records in a UTC day, over all operations of `pool`.

    Unlike a `RateLimit` it resets at 00:00 UTC, so no call waits for it.
    """

    pool: str
    requests: int
    records: int
    by: LimitKey = LimitKey.ORGANISATION


DAY = 86_400


def next_day(moment: float) -> int:
    """The first 00:00 UTC after `moment`; both are Unix seconds."""
    return (int(moment) // DAY + 1) * DAY


@frozen
class AnyOf:
    """Any one of these scopes allows the call; without scopes, none is needed."""

    names: tuple[str, ...] = ()
    also_spent: bool = False
    """A single-use scope that was spent allows the call as well."""


@frozen
class ByField:
    """Any of the scopes allows the call; each requested field needs its own scope as well."""

    field_scopes: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.field_scopes.values()))


@frozen
class ByValue:
    """The value of one request field decides which scope is needed."""

    field: str
    scopes: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.scopes.values())


@frozen
class ByValues:
    """Each value in a list needs one of its scopes; the value `overriding` includes all others."""

    field: str
    scopes: Mapping[str, tuple[str, ...]]
    overriding: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for names in self.scopes.values() for name in names))

    def counted(self, values: Iterable[str]) -> tuple[str, ...]:
        """The values whose scopes are needed: `overriding` alone if it is among them."""
        named = tuple(dict.fromkeys(values))
        return (self.overriding,) if self.overriding in named else named


Scopes = AnyOf | ByField | ByValue | ByValues


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Generic[P, R]):
    """One operation of TikTok's API.

    `id` is dotted and unique (`display.video_list`). `selector` distinguishes operations of one
    method and path by a request value. A grant names `resource` and `action`; `action` is a
    phrase a person understands. `source` names the fact file's entry.
    """

    id: str
    method: str
    path: str
    request: Callable[P, Any]
    response: type[R]
    summary: str
    resource: Resource
    action: str
    source: str
    protocol: Protocol
    subject: Subject
    effect: OperationEffect = OperationEffect.READ
    host: Host = Host.API
    scopes: Scopes = field(default_factory=AnyOf)
    limits: tuple[RateLimit, ...] = ()
    quota: Quota | None = None
    paging: Paging | None = None
    """How to ask for the next page; None: the answers have no pages."""
    retry: Retry = Retry.NEVER
    max_body: int = MAX_BODY
    """The most bytes of a body that a receiver reads; a longer body is refused unread."""
    begins_post: bool = False
    """Whether a call makes a post or a draft, so that a grant's conditions on posts apply."""
    selector: tuple[str, str] | None = None
    errors: tuple[Case, ...] = ()
    surfaces: frozenset[Surface] = frozenset({Surface.CLIENT})
    called: str | None = None
    """The name on the operation surface; None: the id's last part, with dashes."""
    confidence: str = "high"

    def __repr__(self) -> str:
        return f"<Operation {self.id}: {self.method} {self.path}>"

    @property
    def public_name(self) -> str:
        return self.called or self.id.rpartition(".")[2].replace("_", "-")

    @property
    def carries_token(self) -> bool:
        """Whether a call of this operation carries its subject's access token."""
        return self.protocol.carries_token(self.subject)


@frozen
class ApiProduct:
    """Defaults that the operations of a product share; an operation may override them."""

    _: KW_ONLY
    name: str
    """The first part of the operations' ids."""
    protocol: Protocol
    subject: Subject
    resource: Resource
    scopes: Scopes = field(default_factory=AnyOf)
    limits: tuple[RateLimit, ...] = ()
    quota: Quota | None = None
    host: Host = Host.API
    surfaces: frozenset[Surface] = frozenset({Surface.CLIENT})

    def operation(
        self,
        name: str,
        method: str,
        path: str,
        *,
        request: Callable[P, Any],
        response: type[R],
        summary: str,
        action: str,
        source: str,
        effect: OperationEffect = OperationEffect.READ,
        protocol: Protocol | None = None,
        subject: Subject | None = None,
        resource: Resource | None = None,
        scopes: Scopes | None = None,
        limits: tuple[RateLimit, ...] | None = None,
        quota: Quota | None = None,
        paging: Paging | None = None,
        retry: Retry = Retry.NEVER,
        max_body: int = MAX_BODY,
        begins_post: bool = False,
        selector: tuple[str, str] | None = None,
        errors: tuple[Case, ...] = (),
        surfaces: frozenset[Surface] | None = None,
        called: str | None = None,
        confidence: str = "high",
    ) -> Operation[P, R]:
        """Declare an operation of this product, with the id `<product>.<name>`."""
        return Operation(
            id=f"{self.name}.{name}",
            method=method,
            path=path,
            request=request,
            response=response,
            summary=summary,
            resource=resource or self.resource,
            action=action,
            source=source,
            protocol=protocol or self.protocol,
            subject=subject or self.subject,
            effect=effect,
            host=self.host,
            scopes=self.scopes if scopes is None else scopes,
            limits=self.limits if limits is None else limits,
            quota=quota or self.quota,
            paging=paging,
            retry=retry,
            max_body=max_body,
            begins_post=begins_post,
            selector=selector,
            errors=errors,
            surfaces=self.surfaces if surfaces is None else surfaces,
            called=called,
            confidence=confidence,
        )


@dataclass(frozen=True, slots=True, eq=False)
class BrowserPage:
    """A page at TikTok that a person's browser opens."""

    id: str
    path: str
    request: Callable[..., Any]
    summary: str
    source: str
    host: Host = Host.WWW
    errors: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A webhook event of TikTok. `twin` is the same event under its other name."""

    name: str
    payload: type[Any]
    summary: str
    source: str
    twin: str | None = None
    confidence: str = "high"
