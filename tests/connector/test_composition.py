"""The composition root: what routes and jobs ask for by type is there."""

from __future__ import annotations

import pytest

from stagedoor.agents.extension import extend
from stagedoor.connector.container import Container
from stagedoor.connector.database.metadata import ORG, metadata
from stagedoor.connector.domains import CONNECTOR
from stagedoor.connector.notices.service import Notices
from stagedoor.connector.provided import REQUESTED, Provided
from stagedoor.connector.publishing.transitions import FOLLOW, PUBLISH

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@sqlite_only
def test_each_type_that_a_route_names_is_provided(services: Container) -> None:
    extension = extend(services)
    assert CONNECTOR.routers()
    provided = services.provided.with_instances(extension.provided)
    missing = []
    for kind in REQUESTED:
        try:
            provided.get(kind)
        except LookupError:
            missing.append(kind)
    assert REQUESTED
    assert missing == []


@sqlite_only
def test_each_domain_with_jobs_gets_what_its_handlers_name(services: Container) -> None:
    kinds = services.job_handlers()
    assert {PUBLISH, FOLLOW} <= set(kinds)
    assert CONNECTOR.jobs_needing_media() <= set(kinds)


_NO_KIND = {
    "ad_account_currencies": "ids and currencies of ad accounts",
    "agent_codes": "digests and times",
    "agent_counters": "numbers",
    "agent_keys": "digests and times",
    "agent_policies": "the organisation's own settings",
    "agent_sign_ins": "clients of agents, digests and times",
    "agents": "the organisation's own settings",
    "audit_entries": "the audit's proof: digests, ids and times",
    "audit_heads": "the audit's proof",
    "data_erasures": "erasures themselves, whose names end with them",
    "event_subscriptions": "the organisation's own settings",
    "org_apps": "the organisation's own settings",
    "org_settings": "the organisation's own settings",
    "pauses": "the organisation's own settings",
    "sync_pauses": "the organisation's own settings",
    "watched_ads": "ids of ads",
}
"""Tables of organisations that hold no data with rules of its own."""


@sqlite_only
def test_each_table_of_organisations_belongs_to_a_kind_of_data(services: Container) -> None:
    extend(services)
    CONNECTOR.import_tables()
    tables = {one.name for one in metadata.tables.values() if ORG in one.c}
    named = {table.name for kind in services.data_registry.kinds for table in kind.tables}
    assert tables - named - set(_NO_KIND) == set()
    assert set(_NO_KIND) & named == set()
    assert set(_NO_KIND) <= tables
    assert [kind.name for kind in services.data_registry.kinds if not kind.tables] == []


def test_a_type_that_nothing_provides_is_told_by_its_name() -> None:
    with pytest.raises(LookupError, match="Notices"):
        Provided({}).get(Notices)
