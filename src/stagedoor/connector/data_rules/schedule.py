"""When the data of an account is deleted after its authorization was removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..clock import Clock
from ..database import TenantConnection
from ..integrations.accounts import CredentialKind
from ..integrations.losses import CREDENTIAL
from ..notices.service import Notices
from ..schedule import store as due_rows
from .settings import Retention

REMOVAL = "data-removal"
"""Kind of due row: delete the data of an account that one credential read; its ref is
organisation/integration/kind of credential."""
_DAY = 86_400.0


class RemovalSchedule:
    """Followers of notices about the end of credentials, in their transactions."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def revoked(
        self, _: Notices, tenant: TenantConnection, integration: str, detail: Mapping[str, Any]
    ) -> None:
        """An authorization was removed: the data goes after the days that the organisation set."""
        days = Retention.read(tenant).after_removal
        self._at(tenant, integration, detail[CREDENTIAL], self._clock.now() + days * _DAY)

    def given_up(
        self, _: Notices, tenant: TenantConnection, integration: str, detail: Mapping[str, Any]
    ) -> None:
        """The organisation gave up a credential: the data goes now."""
        self._at(tenant, integration, detail[CREDENTIAL], self._clock.now())

    def deleted(self, _: Notices, tenant: TenantConnection, integration: str, __: object) -> None:
        """The organisation gave up the account."""
        for kind in CredentialKind:
            self._at(tenant, integration, kind.value, self._clock.now())

    def _at(self, tenant: TenantConnection, integration: str, kind: str, due: float) -> None:
        due_rows.wait(tenant.connection, REMOVAL, f"{tenant.org}/{integration}/{kind}", due)
