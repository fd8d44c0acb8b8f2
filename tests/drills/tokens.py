"""A hundred tasks in four processes that ask for one token as it expires, again and again."""

from __future__ import annotations

from tests.connector.conftest import Service
from tests.connector.integrations.test_refresh import DAY, PROCESSES, THREADS, grant_of
from tests.support.connecting import connect, pass_time
from tests.support.local import Local
from tests.support.refresh_drill import Askers


def refresh(service: Service, local: Local, environment: dict[str, str], rounds: int) -> None:
    """Each of `rounds` expiries leads to one refresh, or this fails."""
    connect(service)
    grant_id = grant_of(service)
    with Askers(grant_id, environment, PROCESSES, THREADS) as askers:
        for _ in range(rounds):
            pass_time(service, local, DAY - 30)
            begun = local.now()
            askers.ask()
            refreshes = [call for call in local.calls("oauth.token_refresh") if call["at"] >= begun]
            assert len(refreshes) == 1
