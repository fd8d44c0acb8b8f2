"""Followers of notices about the end of credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..database import TenantConnection
from ..notices.service import Follower, Notices
from .accounts import CredentialKind

CREDENTIAL = "credential"
"""The field of a notice's detail that names the kind of the credential that ended."""
Lost = Callable[[Notices, TenantConnection, str], object]
"""Called with the integration's id."""
LostCredential = Callable[[Notices, TenantConnection, str, CredentialKind], object]
"""Called with the integration's id and the kind of the credential."""


def of_creators(*followers: Lost) -> tuple[Follower, ...]:
    """Followers that are called only if the credential that ended is the creator's."""
    return tuple(_if_creators(follower) for follower in followers)


def of_credentials(*followers: LostCredential) -> tuple[Follower, ...]:
    """Followers that are called at the end of a credential of any kind."""
    return tuple(_with_kind(follower) for follower in followers)


def of_records(*followers: Lost) -> tuple[Follower, ...]:
    """Followers that are called at the end of the whole integration."""
    return tuple(_always(follower) for follower in followers)


def _if_creators(follower: Lost) -> Follower:
    def follow(notices: Notices, tenant: TenantConnection, integration: str, detail: Any) -> None:
        if detail[CREDENTIAL] == CredentialKind.CREATOR:
            follower(notices, tenant, integration)

    return follow


def _with_kind(follower: LostCredential) -> Follower:
    def follow(notices: Notices, tenant: TenantConnection, integration: str, detail: Any) -> None:
        follower(notices, tenant, integration, CredentialKind(detail[CREDENTIAL]))

    return follow


def _always(follower: Lost) -> Follower:
    def follow(notices: Notices, tenant: TenantConnection, integration: str, _: Any) -> None:
        follower(notices, tenant, integration)

    return follow
