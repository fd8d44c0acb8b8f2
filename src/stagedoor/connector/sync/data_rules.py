"""The kinds of data of synchronisation."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep, Removal
from ..database import TenantConnection
from ..integrations.accounts import CredentialKind
from . import store
from .models import sync_states
from .schedule import types_of


def kinds() -> tuple[DataKind, ...]:
    return (
        DataKind(
            name="syncStates",
            words="When and how far each account was read",
            after_removal="They are deleted first, so that no run writes any more.",
            keep=Keep(None),
            tables=(sync_states,),
            removals=tuple(map(_of_credential, CredentialKind)),
            note="They name nobody, and go with the account.",
        ),
    )


def _of_credential(subject: CredentialKind) -> Removal:
    def remove(tenant: TenantConnection, integration: str) -> bool:
        return store.remove(tenant, integration, types_of(subject))

    return Removal(subject.value, remove)
