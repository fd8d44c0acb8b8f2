"""Refreshing: by one at a time, whoever asks, and what a failure leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from stagedoor import Tokens
from stagedoor.client.errors import ClientRejected, ReconnectRequired, StagedoorError
from stagedoor.connector import settings as settings_module
from stagedoor.connector.container import Container
from stagedoor.connector.errors import ObjectNotFound
from stagedoor.connector.integrations import store as rows
from stagedoor.connector.integrations import tokens
from stagedoor.connector.integrations.accounts import CredentialStatus
from stagedoor.connector.integrations.errors import LeaseLost
from stagedoor.connector.integrations.tokens import GrantTokens
from stagedoor.connector.leases import FencedTimes
from tests.connector.conftest import Service
from tests.support.connecting import connect, pass_time
from tests.support.local import Local
from tests.support.prepared import Prepared
from tests.support.refresh_drill import Askers

DAY = 86_400
PROCESSES, THREADS, ROUNDS = 4, 25, 5


def grant_of(service: Service, org: str = "acme") -> str:
    return service.services.integrations.page(org).items[0].grant.id


def store(services: Container, grant_id: str, real: float = 0.0) -> GrantTokens:
    """The token store of a process whose real clock is `real` seconds on."""
    return GrantTokens(
        grant_id,
        database=services.database,
        vault=services.vault,
        notices=services.notices,
        clock=services.clock,
        real=lambda: time.time() + real,
    )


@contextmanager
def another_process(environment: dict[str, str]) -> Iterator[Container]:
    """Another process's view of the same database: nothing is shared in memory."""
    services = Container.build(settings_module.load(environ=environment))
    try:
        yield services
    finally:
        services.close()


def test_a_token_that_holds_is_given_without_a_word_to_tiktok(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    connect(service)
    grant_id = grant_of(service)
    first = service.services.integrations.access_token(grant_id)
    pass_time(service, local, DAY - 120)
    assert service.services.integrations.access_token(grant_id) == first
    assert local.calls("oauth.token_refresh") == []


def test_a_hundred_threads_refresh_once(service_without_worker: Service, local: Local) -> None:
    service = service_without_worker
    connect(service)
    integrations, grant_id = service.services.integrations, grant_of(service)
    seen = set()
    with ThreadPoolExecutor(100) as pool:
        for round_ in range(1, 4):
            pass_time(service, local, DAY - 30)
            got = set(pool.map(integrations.access_token, [grant_id] * 100))
            assert len(got) == 1
            seen |= got
            assert len(local.calls("oauth.token_refresh")) == round_
    assert len(seen) == 3


def test_many_processes_refresh_once(
    service_without_worker: Service, local: Local, environment: dict[str, str]
) -> None:
    service = service_without_worker
    connect(service)
    grant_id = grant_of(service)
    with Askers(grant_id, environment, PROCESSES, THREADS) as askers:
        for round_ in range(1, ROUNDS + 1):
            pass_time(service, local, DAY - 30)
            askers.ask()
            assert len(local.calls("oauth.token_refresh")) == round_


def test_another_process_takes_over_when_the_holder_dies(
    service_without_worker: Service, local: Local, environment: dict[str, str]
) -> None:
    service = service_without_worker
    connect(service)
    services, grant_id = service.services, grant_of(service)
    program = Path(__file__).with_name("holder.py").read_text()
    command = [sys.executable, "-c", program, grant_id]
    with Prepared(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | environment
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait()
    until = lease_end(services, grant_id)
    assert 0 < until - time.time() <= tokens.LEASE_TIMES.seconds
    before = services.integrations.tokens(grant_id).load()
    late = store(services, grant_id, real=tokens.LEASE_TIMES.seconds + 1)
    tiktok = services.integrations.client(
        services.apps.get(services.integrations.grant(grant_id).app_id), late
    )
    fresh = tiktok.oauth.refresh()
    assert fresh.access_token != before.access_token
    assert services.integrations.access_token(grant_id) == fresh.access_token


def lease_end(services: Container, grant_id: str) -> float:
    with services.database.read() as connection:
        row = rows.grant(connection, grant_id)
    assert row is not None
    return float(row.lease_until)


def test_who_lost_the_lease_cannot_write(
    service_without_worker: Service, environment: dict[str, str]
) -> None:
    service = service_without_worker
    connect(service)
    grant_id = grant_of(service)
    with another_process(environment) as slow, another_process(environment) as quick:
        stalled = store(slow, grant_id)
        with stalled.exclusive():
            pair = stalled.load()
            taker = store(quick, grant_id, real=tokens.LEASE_TIMES.seconds + 1)
            with taker.exclusive():
                taker.save(pair.model_copy(update={"access_token": "act.takers"}))
            with pytest.raises(LeaseLost):
                stalled.save(pair.model_copy(update={"access_token": "act.stalled"}))
    assert service.services.integrations.access_token(grant_id) == "act.takers"


def test_who_never_had_the_lease_cannot_write(service_without_worker: Service) -> None:
    service = service_without_worker
    connect(service)
    tokens = service.services.integrations.tokens(grant_of(service))
    with pytest.raises(LeaseLost):
        tokens.save(Tokens(access_token="act.uninvited"))


def test_a_new_consent_outruns_a_refresh_under_way(service_without_worker: Service) -> None:
    service = service_without_worker
    connect(service)
    grant_id = grant_of(service)
    refreshing = store(service.services, grant_id)
    with refreshing.exclusive():
        old = refreshing.load()
        connect(service)
        with pytest.raises(LeaseLost):
            refreshing.save(old)
    assert service.services.integrations.access_token(grant_id) != old.access_token


def test_a_living_holder_keeps_its_lease(
    service_without_worker: Service,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "LEASE_TIMES", FencedTimes(seconds=1.5, keep_up=0.2))
    service = service_without_worker
    connect(service)
    grant_id = grant_of(service)
    got = threading.Event()

    with another_process(environment) as other:

        def wait_for_it() -> None:
            with store(other, grant_id).exclusive():
                got.set()

        thread = threading.Thread(target=wait_for_it)
        with store(service.services, grant_id).exclusive():
            thread.start()
            assert not got.wait(2.2)
        thread.join(10)
    assert got.is_set()


def test_a_refresh_that_tiktok_refuses_expires_the_credential(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect(service)["integrationId"]
    other = connect(service, org="other")["integrationId"]
    services, grant_id = service.services, grant_of(service)
    local.settings(refresh_token_seconds=60)
    # the pair that this gives can't be renewed after a minute
    services.integrations.tiktok_for(grant_id).oauth.refresh()
    pass_time(service, local, 2 * DAY)
    with pytest.raises(ReconnectRequired):
        services.integrations.access_token(grant_id)
    refreshes = len(local.calls("oauth.token_refresh"))
    for org, integration in (("acme", made), ("other", other)):
        record = service.api("GET", f"/api/integrations/{integration}", org=org)
        assert record["status"] == "expired"
        [credential] = record["credentials"]
        assert credential["lastError"]["code"] == "invalid_grant"
        assert credential["lastError"]["logId"]
        [notice] = service.api("GET", "/api/notices", org=org)["notices"]
        assert (notice["kind"], notice["subject"]) == ("integration.expired", integration)
        assert "connect again" in notice["message"]
    # it isn't tried again and again, nor told again and again
    for _ in range(3):
        with pytest.raises(ReconnectRequired):
            services.integrations.tiktok_for(grant_id).user.info()
    assert len(local.calls("oauth.token_refresh")) == refreshes
    assert len(service.api("GET", "/api/notices")["notices"]) == 1
    # and the creator brings it back
    local.settings(refresh_token_seconds=365 * DAY)
    assert connect(service)["integrationId"] == made
    record = service.api("GET", f"/api/integrations/{made}")
    assert record["status"] == "active"
    assert record["credentials"][0]["lastError"] is None
    assert service.api("GET", f"/api/integrations/{other}", org="other")["status"] == "active"


def test_a_creator_who_leaves_is_found_out_by_the_next_call(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect(service)["integrationId"]
    local.control("POST", "phone/maracooks/disconnect", {"client_key": "emulator-client-key"})
    with pytest.raises(ReconnectRequired):
        service.services.integrations.tiktok_for(grant_of(service)).user.info()
    assert service.api("GET", f"/api/integrations/{made}")["status"] == "expired"


def test_an_app_that_tiktok_refuses_is_an_error_that_mends(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect(service)["integrationId"]
    grant_id = grant_of(service)
    local.fault("oauth.token_refresh", "status", status=401, code="invalid_client")
    pass_time(service, local, DAY)
    with pytest.raises(ClientRejected):
        service.services.integrations.access_token(grant_id)
    assert service.api("GET", f"/api/integrations/{made}")["status"] == "error"
    [notice] = service.api("GET", "/api/notices")["notices"]
    assert notice["kind"] == "integration.error"
    assert service.services.integrations.access_token(grant_id)
    assert service.api("GET", f"/api/integrations/{made}")["status"] == "active"


@pytest.mark.parametrize("kind", ["status", "cut"])
def test_a_refresh_that_tiktok_does_not_answer_changes_nothing(
    service_without_worker: Service, local: Local, kind: str
) -> None:
    service = service_without_worker
    connect(service)
    integrations, grant_id = service.services.integrations, grant_of(service)
    local.fault("oauth.token_refresh", kind)
    pass_time(service, local, DAY)
    with pytest.raises(StagedoorError):
        integrations.access_token(grant_id)
    assert integrations.grant(grant_id).status is CredentialStatus.ACTIVE
    assert service.api("GET", "/api/notices")["notices"] == []
    assert integrations.access_token(grant_id)


def test_a_token_of_nothing_is_not_found(service_without_worker: Service) -> None:
    with pytest.raises(ObjectNotFound):
        service_without_worker.services.integrations.access_token("unknown")
