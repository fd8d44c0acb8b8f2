"""The kinds of data of synchronisation."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep, Removal
from ..integrations.accounts import Kind
from . import store


def kinds() -> tuple[DataKind, ...]:
    return (
        DataKind(
            name="syncStates",
            words="When and how far each account was read",
            after_removal="They are deleted first, so that no run writes any more.",
            keep=Keep(None),
            removal=Removal(Kind.CREATOR.value, store.remove),
            note="They name nobody, and go with the account.",
        ),
    )
