"""Migrations make exactly the tables that the code declares, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text

from stagedoor.agents.domains import DOMAINS
from stagedoor.connector.app_kinds import AppKind
from stagedoor.connector.apps import store as apps
from stagedoor.connector.clock import FollowedClock
from stagedoor.connector.database import Database, TenantConnection, metadata
from stagedoor.connector.database.migrate import current, upgrade
from stagedoor.connector.domains import CONNECTOR
from stagedoor.connector.errors import ServiceUnavailable
from stagedoor.connector.integrations import store as integrations
from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.connector.schedule.models import due_rows
from stagedoor.connector.sync import store as sync
from stagedoor.connector.sync.schedule import RUN, types_of


def test_an_empty_database_becomes_what_the_code_declares(empty_database_url: str) -> None:
    CONNECTOR.import_tables()
    DOMAINS.import_tables()
    database = Database(empty_database_url)
    assert not current(database)
    upgrade(database)
    assert current(database)
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    upgrade(database)
    database.close()


def test_accounts_that_were_connected_before_keep_their_credential(
    empty_database_url: str,
) -> None:
    database = Database(empty_database_url)
    upgrade(database, "0011")
    grant = {
        "id": "g1",
        "app_id": "a1",
        "open_id": "o1",
        "kind": "creator",
        "scopes": '["video.list"]',
        "status": "active",
        "fence": 1,
        "connected_at": 5.0,
        "created": 4.0,
    }
    app = {"id": "a1", "client_key": "k", "client_secret": "s", "origin": "environment"}
    integration = {
        "id": "i1",
        "org": "acme",
        "grant_id": "g1",
        "requested": '["video.list", "video.publish"]',
        "granted": '["video.list"]',
        "created": 4.0,
        "connected_at": 5.0,
    }
    with database.begin() as connection:
        for table, values in (
            ("tiktok_apps", app | {"created": 1.0, "updated": 1.0}),
            ("org_apps", {"org": "acme", "app_id": "a1"}),
            ("grants", grant),
            ("integrations", integration),
        ):
            _insert(connection, table, values)
    upgrade(database)
    with database.read() as connection:
        [found] = integrations.page(TenantConnection(connection, "acme"), None, 10)
        assert apps.chosen(TenantConnection(connection, "acme"), AppKind.LOGIN_KIT) == "a1"
        assert apps.chosen(TenantConnection(connection, "acme"), AppKind.BUSINESS) is None
    [credential] = found.credentials
    assert (credential.kind, credential.allowed) == (CredentialKind.CREATOR, ("video.list",))
    assert (found.missing, found.connected_at) == (("video.publish",), 5.0)
    database.close()


def test_ad_accounts_that_were_connected_before_are_read(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    upgrade(database, "0014")
    app = {"id": "a1", "client_key": "k", "client_secret": "s", "origin": "environment"}
    grant = {"id": "g1", "app_id": "a1", "open_id": "o1", "kind": "ads", "scopes": "[]"}
    known = {"requested": "[]", "granted": "[]", "connected_at": 5.0}
    with database.begin() as connection:
        for table, values in (
            ("tiktok_apps", app | {"kind": "business", "created": 1.0, "updated": 1.0}),
            ("grants", grant | {"status": "active", "fence": 1, "connected_at": 5.0, "created": 4}),
            (
                "integrations",
                {"id": "i1", "org": "acme", "grant_id": "g1", "created": 4.0, "connected_at": 5.0},
            ),
            (
                "credentials",
                {"integration_id": "i1", "kind": "ads", "org": "acme", "grant_id": "g1"} | known,
            ),
        ):
            _insert(connection, table, values)
    upgrade(database)
    with database.read() as connection:
        refs = list(connection.scalars(select(due_rows.c.ref).where(due_rows.c.kind == RUN)))
        for kind in types_of(CredentialKind.ADS):
            state = sync.lock(TenantConnection(connection, "acme"), "i1", kind)
            assert (state.due, state.attempts) == (0.0, 0)
            assert f"acme/i1/{kind}" in refs
    database.close()


def _insert(connection: Connection, table: str, values: Mapping[str, Any]) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608


def test_texts_that_were_kept_before_are_found_in_all_their_forms(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    upgrade(database, "0023")
    video = {"integration": "i1", "posted": 1.0, "visibility": "public", "visibility_at": 1.0}
    with database.begin() as connection:
        for number in range(1_003):
            kept = "cre\u0300me" if number % 500 == 0 else "plain"
            values = {"org": f"org{number % 2}", "id": f"v{number}", "text": kept, "folded": kept}
            _insert(connection, "activity_videos", values | video | {"created": 1.0})
    upgrade(database)
    with database.read() as connection:
        query = text("SELECT id, text FROM activity_videos WHERE folded = :form ORDER BY id")
        found = connection.execute(query, {"form": "cr\u00e8me"}).all()
        assert [row.id for row in found] == ["v0", "v1000", "v500"]
        assert {row.text for row in found} == {"cre\u0300me"}
        everything = connection.scalar(text("SELECT count(*) FROM activity_videos"))
        assert everything == 1_003
    database.close()


def test_business_accounts_that_were_connected_before_are_read_at_once(
    empty_database_url: str,
) -> None:
    database = Database(empty_database_url)
    upgrade(database, "0014")
    with database.begin() as connection:
        for statement in (
            "INSERT INTO tiktok_apps (id, client_key, client_secret, origin, created, updated,"
            " kind) VALUES ('a1', 'k', 's', 'environment', 1, 1, 'business')",
            "INSERT INTO grants (id, app_id, open_id, kind, scopes, status, fence, connected_at,"
            " created) VALUES ('g1', 'a1', 'o1', 'businessAccount', '[]', 'active', 1, 5, 4)",
            "INSERT INTO integrations (id, org, grant_id, created, connected_at)"
            " VALUES ('i1', 'acme', 'g1', 4, 5)",
            "INSERT INTO credentials (integration_id, kind, org, grant_id, requested, granted,"
            " connected_at) VALUES ('i1', 'businessAccount', 'acme', 'g1', '[]', '[]', 5)",
        ):
            connection.execute(text(statement))
    upgrade(database)
    with database.read() as connection:
        states = connection.execute(text("SELECT org, integration, type FROM sync_states")).all()
        due = connection.execute(text("SELECT kind, ref FROM due_rows")).all()
    assert ("acme", "i1", "comments") in states
    assert ("sync", "acme/i1/comments") in due
    database.close()


def test_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    databases = [Database(empty_database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, databases))
    assert all(current(database) for database in databases)
    for database in databases:
        database.close()


def test_a_clock_that_is_gone_is_no_guess() -> None:
    with pytest.raises(ServiceUnavailable, match="STAGEDOOR_CLOCK"):
        FollowedClock("http://127.0.0.1:9/clock").now()
