"""Effects of an event on this service. Each is idempotent, and their order doesn't matter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from stagedoor.platform import catalogue
from stagedoor.platform.products import webhooks as platform

from ..integrations.accounts import Holder

PUBLIC = {
    platform.PUBLICLY_AVAILABLE.name: True,
    platform.NO_LONGER_PUBLIC.name: False,
    platform.NO_LONGER_PUBLIC_OTHER.name: False,
}


class AffectedAccounts(Protocol):
    """The methods of the integrations that effects use."""

    def removed(
        self, grant_id: str, reason: platform.RemovalReason | int, at: float | None = None
    ) -> bool:
        """Handle that the creator, or TikTok, ended the app's access at that time."""
        ...


class AffectedPosts(Protocol):
    """The methods of publishing that effects use. `orgs` use the account that the event is
    about."""

    def wake(self, publish_id: str, orgs: Collection[str]) -> bool:
        """Poll TikTok's status of the post now; False when no post has this publish_id."""
        ...

    def wake_account(self, client_key: str, open_id: str) -> None:
        """Poll the status of every unfinished post of the account."""
        ...

    def visible(
        self, publish_id: str, post_id: str, public: bool, at: float, orgs: Collection[str]
    ) -> bool:
        """Record the post's visibility that TikTok reported at that time; an older report changes
        nothing."""
        ...


@dataclass(frozen=True, slots=True)
class AffectedAccount:
    """The account that an event is about, with its grants and holders in this installation."""

    client_key: str
    open_id: str
    grants: Sequence[str]
    holders: Sequence[Holder]

    @property
    def orgs(self) -> frozenset[str]:
        return frozenset(holder.org for holder in self.holders)


@dataclass(frozen=True, slots=True)
class Applied:
    """The event was applied, or changes nothing."""


@dataclass(frozen=True, slots=True)
class Later:
    """The post isn't known yet: the event arrived before the response that names the post."""


Outcome = Applied | Later


def act(
    event: str,
    payload: BaseModel | None,
    created: float,
    account: AffectedAccount,
    accounts: AffectedAccounts,
    posts: AffectedPosts,
) -> Outcome:
    """Apply an event. `payload` None: it isn't known, so nothing changes."""
    known = True
    match payload:
        case platform.AuthorizationRemoved(reason=reason):
            for grant in account.grants:
                accounts.removed(grant, reason, created)
        case platform.PublicationChanged(publish_id=publish_id, post_id=post_id):
            known = posts.visible(publish_id, post_id, PUBLIC[event], created, account.orgs)
        case platform.PublishFailed(publish_id=id_) | platform.PublishMoved(publish_id=id_):
            known = posts.wake(id_, account.orgs)
        case platform.ShareMoved():
            # the old names carry no publish id (webhooks.yaml, legacy_twins)
            posts.wake_account(account.client_key, account.open_id)
        case _:
            pass
    return Applied() if known or not account.holders else Later()


def typed(event: str, content: dict[str, Any]) -> BaseModel | None:
    """The event's content as declared; None for an unknown event or content."""
    declared = catalogue.events().get(event)
    try:
        return None if declared is None else declared.payload.model_validate(content)
    except ValidationError:
        return None
