"""Followers of notices about integrations whose creator can't be acted for any more."""

from __future__ import annotations

from ..database import TenantConnection
from ..notices.service import Follower, Notices
from . import store
from .accounts import Kind


def lost(*followers: Follower) -> tuple[Follower, ...]:
    """The followers, called only if the integration has no usable creator's credential left: a
    notice may be about its ads or its business account alone."""
    return tuple(_if_lost(follower) for follower in followers)


def _if_lost(follower: Follower) -> Follower:
    def follow(notices: Notices, tenant: TenantConnection, integration: str) -> None:
        account = store.integration(tenant, integration)
        creator = None if account is None else account.credential(Kind.CREATOR)
        if creator is None or not creator.status.usable:
            follower(notices, tenant, integration)

    return follow
