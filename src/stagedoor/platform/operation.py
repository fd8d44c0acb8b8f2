"""The declaration types: a product, an operation, a browser page, an event, and their parts.

An `Operation` is a value, made by its `Product`. From it come the sync and the async method, the
emulator's route, the connector's operation, the agent's tool and the reference docs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Generic, ParamSpec, TypeVar

from .bounds import MAX_BODY
from .errors import Case
from .paging import Paging
from .protocols.protocol import Protocol
from .protocols.protocol import Subject as Subject

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class Host(Enum):
    """TikTok's hosts, by what they serve. The client maps each to a base address."""

    API = "https://open.tiktokapis.com"
    WWW = "https://www.tiktok.com"
    HANDED_OUT = ""
    """The whole address comes from an earlier answer (`upload_url`)."""


class Effect(StrEnum):
    READ = "read"
    WRITE = "write"


class Resource(StrEnum):
    """What a grant to an agent names."""

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
    """Token exchange, revoke and uploads: never leaves the client, so no grant names it."""


class Surface(StrEnum):
    """Where an operation appears."""

    CLIENT = "client"
    OPERATION = "operation"
    TOOL = "tool"
    PROXY = "proxy"


class Retry(StrEnum):
    """Whether the transport may send the same request a second time by itself."""

    SAFE = "safe"
    NEVER = "never"


GIVEN = frozenset({Surface.CLIENT, Surface.TOOL, Surface.PROXY})
"""Of what an agent can be given."""
SERVED = GIVEN | {Surface.OPERATION}
"""Of what a caller of the service may do as it is, and an agent that was given it."""


class LimitKey(StrEnum):
    """What the calls of one window have in common."""

    USER_TOKEN = "user_token"
    CLIENT = "client"
    """The app."""
    APP_TIER = "app_tier"
    """The app too, with a window that its tier at TikTok sets."""
    ADVERTISER = "advertiser"
    """The ad account that the request names."""
    ORGANISATION = "organisation"
    """All apps of one developer together."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `requests` in any `per_seconds`, counted apart for each value of `by`."""

    requests: int
    per_seconds: float
    by: LimitKey


@dataclass(frozen=True, slots=True)
class Quota:
    """What may be asked and received in a UTC day, over all operations of `pool`.

    Unlike a `RateLimit` it starts anew at 00:00 UTC, so nobody waits for it inside a call.
    """

    pool: str
    requests: int
    records: int
    by: LimitKey = LimitKey.ORGANISATION


DAY = 86_400


def next_day(moment: float) -> int:
    """The first 00:00 UTC after `moment`; both are Unix seconds."""
    return (int(moment) // DAY + 1) * DAY


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any one of these scopes lets the call in; none named: no scope needed."""

    names: tuple[str, ...] = ()
    also_spent: bool = False
    """A single-use scope that was spent lets in as well."""


@dataclass(frozen=True, slots=True)
class ByField:
    """Any of the scopes lets the call in; each requested field needs its own besides."""

    field_scopes: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.field_scopes.values()))


@dataclass(frozen=True, slots=True)
class ByValue:
    """The value of one request field says which scope is needed."""

    field: str
    scopes: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.scopes.values())


@dataclass(frozen=True, slots=True)
class ByValues:
    """Each value in a list needs one of its scopes; `overriding` stands for all others."""

    field: str
    scopes: Mapping[str, tuple[str, ...]]
    overriding: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for names in self.scopes.values() for name in names))

    def counted(self, values: Iterable[str]) -> tuple[str, ...]:
        """The values that decide."""
        named = tuple(dict.fromkeys(values))
        return (self.overriding,) if self.overriding in named else named


Scopes = AnyOf | ByField | ByValue | ByValues


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Generic[P, R]):
    """One thing that TikTok lets one do.

    `id` is dotted and unique (`display.video_list`). `selector` tells operations of one method
    and path apart by a request value. `resource` and `action` are what a grant names; `action`
    is a phrase a person understands. `source` names the fact file's entry.
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
    effect: Effect = Effect.READ
    host: Host = Host.API
    scopes: Scopes = field(default_factory=AnyOf)
    limits: tuple[RateLimit, ...] = ()
    quota: Quota | None = None
    paging: Paging | None = None
    """How the pages of its answers go on."""
    retry: Retry = Retry.NEVER
    max_body: int = MAX_BODY
    """Bytes of a body that whoever receives it reads; more is refused unread."""
    selector: tuple[str, str] | None = None
    errors: tuple[Case, ...] = ()
    surfaces: frozenset[Surface] = frozenset({Surface.CLIENT})
    called: str | None = None
    """Its name on the operation surface; the id's last part with dashes where it is None."""
    confidence: str = "high"

    def __repr__(self) -> str:
        return f"<Operation {self.id}: {self.method} {self.path}>"

    @property
    def public_name(self) -> str:
        return self.called or self.id.rpartition(".")[2].replace("_", "-")

    @property
    def carries_token(self) -> bool:
        """Whether a call carries an access token of its subject."""
        return self.protocol.carries_token(self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What the operations of a product have in common; an operation may say otherwise."""

    name: str
    """The first part of its operations' ids."""
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
        effect: Effect = Effect.READ,
        protocol: Protocol | None = None,
        subject: Subject | None = None,
        resource: Resource | None = None,
        scopes: Scopes | None = None,
        limits: tuple[RateLimit, ...] | None = None,
        quota: Quota | None = None,
        paging: Paging | None = None,
        retry: Retry = Retry.NEVER,
        max_body: int = MAX_BODY,
        selector: tuple[str, str] | None = None,
        errors: tuple[Case, ...] = (),
        surfaces: frozenset[Surface] | None = None,
        called: str | None = None,
        confidence: str = "high",
    ) -> Operation[P, R]:
        """An operation of this product. Its id is `<product>.<name>`."""
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
            selector=selector,
            errors=errors,
            surfaces=self.surfaces if surfaces is None else surfaces,
            called=called,
            confidence=confidence,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A page of TikTok's that a person's browser opens."""

    id: str
    path: str
    request: Callable[..., Any]
    summary: str
    source: str
    host: Host = Host.WWW
    errors: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A webhook that TikTok sends. `twin` is the event that says the same under another name."""

    name: str
    payload: type[Any]
    summary: str
    source: str
    twin: str | None = None
    confidence: str = "high"
