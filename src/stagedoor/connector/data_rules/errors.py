"""Errors of rules for data."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Conflict, ObjectNotFound


class AccountConnected(Conflict):
    """The person's account is connected: what is erased would be read again."""

    code = "account_connected"

    def __init__(self, integrations: Sequence[str]) -> None:
        super().__init__(
            "The person's account is connected, so what is erased now would be read again. Send "
            '"disconnect": true to end its credentials first.',
            detail={"integrationIds": list(integrations)},
        )


class NoErasure(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__("There is no such erasure: POST /api/data/erase answers with its id.")
