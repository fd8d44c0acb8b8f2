"""Changes of posts by TikTok's webhooks."""

from __future__ import annotations

from collections.abc import Collection

from ..apps.service import Apps
from ..clock import Clock
from ..database import Database, TenantConnection
from ..integrations.service import Integrations
from ..schedule.store import wait
from . import store, transitions
from .states import PostState, Visibility
from .transitions import Transitions

_WOKEN = (PostState.UPLOADING, PostState.PROCESSING, PostState.IN_INBOX, PostState.UNKNOWN)


class Reactions:
    """Applies webhook events to posts. Thread-safe."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        apps: Apps,
        integrations: Integrations,
        transitions: Transitions,
    ) -> None:
        self._database = database
        self._clock = clock
        self._apps = apps
        self._integrations = integrations
        self._transitions = transitions

    def wake(self, publish_id: str, orgs: Collection[str]) -> bool:
        """Poll TikTok's status of the post now; False when no post has this publish_id.

        Only posts of `orgs`, which use the account: an organisation that brought its own app can
        sign webhooks itself, and they must not reach another organisation's posts.
        """
        with self._database.begin() as connection:
            found = False
            for org in sorted(set(store.organisations(connection, publish_id)).intersection(orgs)):
                tenant = TenantConnection(connection, org)
                post = store.by_tiktok_id(tenant, publish_id)
                if post is not None:
                    found = True
                    self._wake(tenant, post.id)
        return found

    def wake_account(self, client_key: str, open_id: str) -> None:
        """Poll the status of every unfinished post of the account."""
        app = self._apps.by_key(client_key)
        if app is None:
            return
        for grant in self._integrations.grants_of(app.id, open_id):
            for holder in self._integrations.holders(grant.id):
                with self._database.begin() as connection:
                    tenant = TenantConnection(connection, holder.org)
                    states = [state for state in _WOKEN if state is not PostState.UNKNOWN]
                    for post in store.waiting(tenant, holder.integration_id, states):
                        self._wake(tenant, post.id)

    def _wake(self, tenant: TenantConnection, post_id: str) -> None:
        post = store.find(tenant, post_id, lock=True)
        if post is None:
            return
        in_review = post.state is PostState.PUBLISHED and post.visibility is Visibility.IN_REVIEW
        if post.state in _WOKEN or in_review:
            store.change(tenant, post.id, woken=True)
            if post.state is not PostState.UPLOADING:
                wait(tenant.connection, transitions.FOLLOW, post.ref, self._clock.now())

    def visible(
        self, publish_id: str, post_id: str, public: bool, at: float, orgs: Collection[str]
    ) -> bool:
        """Record the post's visibility that TikTok reported at that time; an older report changes
        nothing.

        `orgs` as for `wake`.
        """
        with self._database.begin() as connection:
            found = False
            for org in sorted(set(store.organisations(connection, publish_id)).intersection(orgs)):
                tenant = TenantConnection(connection, org)
                named = store.by_tiktok_id(tenant, publish_id)
                post = None if named is None else store.find(tenant, named.id, lock=True)
                if post is None:
                    continue
                found = True
                if at < post.public_at:
                    continue
                seen = Visibility.PUBLIC if public else Visibility.REMOVED
                ids = tuple(dict.fromkeys((*post.public_ids, post_id)))
                self._transitions.show(
                    tenant,
                    post,
                    visibility=seen.value,
                    public_at=at,
                    public_ids=list(ids),
                    updated=self._clock.now(),
                )
                self._wake(tenant, post.id)
        return found
