"""Every declaration is complete, consistent, and names where its facts come from."""

from __future__ import annotations

import pkgutil
import re
from collections import Counter
from typing import Any

import pytest

from stagedoor.platform import catalogue, errors, products
from stagedoor.platform.operation import (
    BrowserPage,
    ByField,
    ByValue,
    ByValues,
    Event,
    Host,
    LimitKey,
    Operation,
    Retry,
    Subject,
    Surface,
)
from stagedoor.platform.permissions import ACCOUNT_SCOPES, PERMISSIONS
from stagedoor.platform.protocols.business import BusinessProtocol
from stagedoor.platform.protocols.business_errors import BUSINESS_ERRORS
from stagedoor.platform.protocols.open_api import OpenApi
from stagedoor.platform.scopes import Scope
from tests.support.every import every

OTHER_SHEETS = {"share": "embed"}
"""The sheets of products that have none of their own name."""
OPERATIONS = list(catalogue.operations().values())
PAGES = list(catalogue.pages().values())
EVENTS = list(catalogue.events().values())

each_operation = every("operation", OPERATIONS, ids=lambda o: o.id)


def _declared(kind: type[Any]) -> list[Any]:
    return [
        value
        for module in catalogue.PRODUCTS
        for value in vars(module).values()
        if isinstance(value, kind)
    ]


def test_every_folder_of_products_is_in_the_catalogue() -> None:
    folders = {one.name for one in pkgutil.iter_modules(products.__path__)}
    listed = {
        module.__name__.removeprefix(f"{products.__name__}.") for module in catalogue.PRODUCTS
    }
    assert folders <= listed


def test_ids_are_unique_over_all_products() -> None:
    declared = _declared(Operation) + _declared(BrowserPage)
    assert [
        name for name, count in Counter(item.id for item in declared).items() if count > 1
    ] == []


@every("declared", [*OPERATIONS, *PAGES, *EVENTS])
def test_a_declaration_names_the_entry_of_a_fact_sheet_of_its_product(
    declared: Operation[..., Any] | BrowserPage | Event,
) -> None:
    told = re.fullmatch(r"([a-z]+)(?:-[a-z-]+)?\.yaml ([a-z0-9_.]+)", declared.source)
    assert told, f"{declared.source!r} isn't '<sheet>.yaml <entry>'"
    sheet, entry = told.groups()
    if isinstance(declared, Event):
        assert sheet in ("webhooks", "business")
        return
    product, _, name = declared.id.partition(".")
    assert sheet == OTHER_SHEETS.get(product, product)
    named = entry.rpartition(".")[2]  # some entries are in a section of their sheet
    assert sheet != "business" or named == name, "operations of this API are named by their entries"


def test_no_two_declarations_are_of_one_entry() -> None:
    named = Counter([item.source for item in OPERATIONS] + [item.source for item in PAGES])
    assert [source for source, count in named.items() if count > 1] == []


@every("declared", [*OPERATIONS, *PAGES], ids=lambda d: d.id)
def test_paths_are_written_as_tiktok_routes_them(
    declared: Operation[..., Any] | BrowserPage,
) -> None:
    assert declared.path.startswith("/")
    if isinstance(declared, Operation) and declared.host in (Host.API, Host.BUSINESS):
        assert declared.path.endswith("/"), "the gateway answers 404 without the slash"


@every("declared", [*OPERATIONS, *PAGES], ids=lambda d: d.id)
def test_documented_errors_are_known_codes(declared: Operation[..., Any] | BrowserPage) -> None:
    # What goes wrong in a frame is told by messages, see PlayerError.
    assert declared.errors or declared.id.startswith(("embed.", "share."))
    of_business = declared.host is Host.BUSINESS
    codes = BUSINESS_ERRORS.codes if of_business else errors.CODES
    for case in declared.errors:
        assert case.when
        if case.code:
            assert case.code in codes
        else:
            assert case.http >= 400, "without a code the status has to tell"


@pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS if one.host is Host.BUSINESS and one.id.endswith("_create")],
    ids=lambda o: o.id,
)
def test_the_answer_to_a_create_has_the_new_object_s_id(operation: Operation[..., Any]) -> None:
    required = [name for name, one in operation.response.model_fields.items() if one.is_required()]
    assert any(name.endswith(("_id", "_ids")) for name in required)


@each_operation
def test_operations_of_one_path_are_told_apart(operation: Operation[..., Any]) -> None:
    rivals = [
        other
        for other in OPERATIONS
        if other is not operation
        and (other.method, other.path, other.host)
        == (operation.method, operation.path, operation.host)
    ]
    if rivals:
        assert operation.selector is not None
        assert operation.selector not in [other.selector for other in rivals]


@each_operation
def test_scopes_are_real_and_only_asked_of_a_token(operation: Operation[..., Any]) -> None:
    scopes = operation.scopes
    if isinstance(operation.protocol, BusinessProtocol):
        known = PERMISSIONS if operation.subject is Subject.ADVERTISER else ACCOUNT_SCOPES
        assert set(scopes.names) <= set(known)
        assert operation.carries_token or not scopes.names, "some calls need a token alone"
        return
    assert set(scopes.names) <= {scope.value for scope in Scope}
    assert bool(scopes.names) == operation.carries_token
    if isinstance(scopes, ByField):
        assert set(scopes.field_scopes) <= set(
            operation.response.model_fields["user"].annotation.model_fields
        )
    if isinstance(scopes, ByValue | ByValues):
        assert scopes.field in operation.request.model_fields  # type: ignore[attr-defined]


@each_operation
def test_a_call_that_changes_something_is_never_repeated_by_itself(
    operation: Operation[..., Any],
) -> None:
    if operation.retry is Retry.SAFE:
        assert operation.effect == "read"


@each_operation
def test_a_person_can_read_what_it_does(operation: Operation[..., Any]) -> None:
    assert operation.summary[0].isupper()
    assert operation.action[0].isupper()
    assert not operation.summary.endswith(".")
    assert Surface.CLIENT in operation.surfaces
    if isinstance(operation.protocol, OpenApi):
        assert operation.carries_token


def test_the_published_quotas_and_who_shares_them() -> None:
    pools: dict[str, set[tuple[int, int]]] = {}
    for operation in OPERATIONS:
        if operation.quota is not None:
            quota = operation.quota
            assert quota.by is LimitKey.ORGANISATION
            pools.setdefault(quota.pool, set()).add((quota.requests, quota.records))
    assert pools == {"general": {(1_000, 100_000)}, "followers_following": {(20_000, 2_000_000)}}


def test_events_are_declared_once_and_twins_name_each_other() -> None:
    names = [event.name for event in _declared(Event)]
    assert len(names) == len(set(names)) == len(EVENTS)
    for event in EVENTS:
        if event.twin is not None:
            assert catalogue.events()[event.twin].twin == event.name


def test_both_spellings_and_both_generations_of_an_event_are_known() -> None:
    twins = {event.name: event.twin for event in EVENTS if event.twin}
    assert twins == {
        "post.publish.failed": "video.upload.failed",
        "video.upload.failed": "post.publish.failed",
        "post.publish.complete": "video.publish.completed",
        "video.publish.completed": "post.publish.complete",
        "post.publish.no_longer_publicaly_available": "post.publish.no_longer_publicly_available",
        "post.publish.no_longer_publicly_available": "post.publish.no_longer_publicaly_available",
    }
    spelt = catalogue.events()["post.publish.no_longer_publicaly_available"]
    corrected = catalogue.events()["post.publish.no_longer_publicly_available"]
    assert spelt.payload is corrected.payload


def test_a_code_is_known_by_its_other_spelling_too() -> None:
    assert errors.known("invalid_param") is errors.known("invalid_params") is not None
    assert errors.known("code_of_tomorrow") is None


@every("code", errors.CODES.values(), ids=lambda code: code.code)
def test_every_error_says_what_to_do(code: errors.ErrorCode) -> None:
    assert code.remedy.endswith(".")
    assert code.message
    assert 200 <= code.http < 600
