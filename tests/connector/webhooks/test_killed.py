"""A receiver that is killed under load loses nothing that it acknowledged; in short form."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import select

from stagedoor.connector.integrations.models import grants
from tests.connector.conftest import Service
from tests.support.webhook_drill import Drill, Traffic

SEED = 20261120


@pytest.mark.long
@pytest.mark.timeout(120)
def test_killed_twice(service_without_worker: Service, environment: dict[str, str]) -> None:
    play(service_without_worker, environment, SEED, events=100, kills=2)


def play(service: Service, environment: dict[str, str], seed: int, events: int, kills: int) -> None:
    """Two organisations hold the account that half of the events are about."""
    holders = {org: service.connect(org) for org in ("acme", "zenith")}
    services = service.services
    with services.database.read() as connection:
        open_id = connection.scalars(select(grants.c.open_id)).one()
    # the receiver's own processes: on real time, which the emulator's clock is as well
    alone = {name: value for name, value in environment.items() if name != "STAGEDOOR_CLOCK"}
    traffic = Traffic.plan(seed, events, services.clock.now(), open_id)
    drill = Drill(alone, traffic, seed, kills)
    drill.run(_free_port())
    drill.judge(holders, open_id)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
