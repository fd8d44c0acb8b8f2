"""The composition root: what routes and jobs ask for by type is there."""

from __future__ import annotations

import pytest

from stagedoor.agents.extension import extend
from stagedoor.connector.container import Container
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


def test_a_type_that_nothing_provides_is_told_by_its_name() -> None:
    with pytest.raises(LookupError, match="Notices"):
        Provided({}).get(Notices)
