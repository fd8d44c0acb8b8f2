"""Fuzzing of the API by its own OpenAPI document: no answer may be a server error, or one that the
document doesn't describe."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.agents.conftest import AgentFixture
from tests.connector.conftest import Service

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def fuzz(agent: AgentFixture, examples: int, seeded: bool) -> int:
    """Send requests to every /api route; returns how many. Raises schemathesis' failures.

    `seeded`: the same requests in each run.
    """
    service = agent.service
    assert service.declared is not None
    schema = schemathesis.openapi.from_dict(service.declared.document)
    schema.config.update(base_url=service.url)
    ids = _ids(agent)
    headers = {"orgid": "acme", "authorization": f"Bearer {service.token()}"}
    session = requests.Session()
    session.trust_env = False  # looking for credentials in files takes as long as a request
    sent = 0
    with pytest.MonkeyPatch.context() as patch:
        if seeded:
            _without_own_constants(patch)
        for found in schema.include(path_regex="^/api/").get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                given_case = operation.as_strategy(generation_mode=mode)

                @settings(
                    max_examples=examples,
                    derandomize=seeded,
                    database=None,
                    deadline=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                @given(case=given_case, real=st.booleans())
                def ask(case: Any, real: bool) -> None:
                    nonlocal sent
                    sent += 1
                    _aim(case, ids if real else {})
                    case.call_and_validate(headers=headers, checks=CHECKS, session=session)

                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    ask()
    session.close()
    return sent


def _without_own_constants(patch: pytest.MonkeyPatch) -> None:
    """Leave out the constants that hypothesis finds in the modules that are loaded: which those
    are depends on the tests before this one, and to try each for every parameter takes a third of
    the time."""
    patch.setattr(providers, "_get_local_constants", Constants)
    patch.setattr(providers, "CONSTANTS_CACHE", LRUCache(1024))


def _ids(agent: AgentFixture) -> dict[str, str]:
    """Ids of objects that exist, by the names of parameters."""
    service: Service = agent.service
    body = {"title": "A dish", "privacyLevel": "SELF_ONLY"}
    path = "/api/upstream/call/tiktok-provider/init-video-upload"
    return {
        "publish_id": service.api("POST", path, body)["publishId"],
        "agent_id": agent.id,
        "integration_id": agent.account,
    }


def _aim(case: Any, ids: dict[str, str]) -> None:
    """Take real ids, and don't ask for a stream, which would have no end."""
    for name in case.path_parameters or {}:
        if name in ids:
            case.path_parameters[name] = ids[name]
    if case.query and "follow" in case.query:
        case.query["follow"] = "false"
    if case.headers:
        for name in [name for name in case.headers if name.lower() in ("orgid", "authorization")]:
            del case.headers[name]
