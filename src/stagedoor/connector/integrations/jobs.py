"""Jobs of accounts: revoking a grant at TikTok, and reading names and avatars again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from ..errors import ObjectNotFound, ServiceUnavailable
from ..jobs import Handler, JobResult
from .authorization import Authorization
from .consents import PROFILE, REVOKE
from .service import Integrations

_PAUSE_SECONDS = 2.0


def handlers(integrations: Integrations, authorization: Authorization) -> Mapping[str, Handler]:
    return {
        REVOKE: _patiently(integrations.revoke),
        PROFILE: _patiently(authorization.refresh_profile),
    }


def _patiently(act: Callable[[str], None]) -> Handler:
    """Retry while the database is unavailable; both actions are idempotent."""

    def handle(grant_id: str) -> JobResult:
        try:
            with suppress(ObjectNotFound):
                act(grant_id)
        except ServiceUnavailable:
            time.sleep(_PAUSE_SECONDS)
            return JobResult.AGAIN
        return JobResult.DONE

    return handle
