"""What an event changes here. Each change may be made twice, and in any order, to the same end."""

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


class Accounts(Protocol):
    """What effects need of the integrations."""

    def removed(
        self, grant_id: str, reason: platform.RemovalReason | int, at: float | None = None
    ) -> bool:
        """The creator, or TikTok, ended the app's access at that time."""
        ...


class Posts(Protocol):
    """What effects need of publishing. `orgs` hold the account that the event is about."""

    def wake(self, publish_id: str, orgs: Collection[str]) -> bool:
        """Look at TikTok's status of the post now; False when no post has this id of TikTok's."""
        ...

    def wake_account(self, client_key: str, open_id: str) -> None:
        """Look at the status of every post of the account that isn't over."""
        ...

    def visible(
        self, publish_id: str, post_id: str, public: bool, at: float, orgs: Collection[str]
    ) -> bool:
        """What TikTok told of the post's visibility at that time; an older word changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """Who an event is about, as far as it is known here."""

    client_key: str
    open_id: str
    grants: Sequence[str]
    holders: Sequence[Holder]

    @property
    def orgs(self) -> frozenset[str]:
        return frozenset(holder.org for holder in self.holders)


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Later:
    """The post isn't known yet: the event overtook the answer that names it."""


Outcome = Done | Later


def act(
    event: str,
    payload: BaseModel | None,
    created: float,
    account: Account,
    accounts: Accounts,
    posts: Posts,
) -> Outcome:
    """Change what the event is about. `payload` None: it isn't known, so nothing changes."""
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
    return Done() if known or not account.holders else Later()


def typed(event: str, content: dict[str, Any]) -> BaseModel | None:
    """The event's content as declared; None for an event or a content that isn't known."""
    declared = catalogue.events().get(event)
    try:
        return None if declared is None else declared.payload.model_validate(content)
    except ValidationError:
        return None
