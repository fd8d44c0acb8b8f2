"""The conformance tests against "real" TikTok: a local one with another world, and, as a process,
one behind a proxy that changes what the declarations say."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stagedoor import Hosts, Scope
from stagedoor.platform import catalogue
from stagedoor.platform.operation import OperationEffect
from stagedoor.testing import TikTokEmulator, in_process
from tests.conformance import test_operations
from tests.conformance.credentials import Unreachable, variable
from tests.conformance.options import REAL, Options
from tests.conformance.report import limits_of
from tests.conformance.suite import Suite, Unanswered
from tests.conformance.targets import real
from tests.conformance.undo import NO_UNDO, clean_up
from tests.examples.business import ADVERTISER_ID, APP_ID, APP_SECRET
from tests.support.altering_proxy import altering_proxy
from tests.support.local import KEY, SECRET

ROOT = Path(__file__).parents[2]
NEEDS_AN_INVITATION = {
    "business.tto_creator_join",
    "business.tto_creator_video_link",
    "business.tto_creator_link_request_get",
    "business.tto_creator_link_request_confirm",
}
NEEDS_AN_IDENTITY = {"business.ad_create", "business.ad_update", "business.ad_status_update"}
NEEDS_AN_ORDERED_VIDEO = {"business.tcm_tt_video_apply"}


def environment(tiktok: TikTokEmulator, *without: str) -> dict[str, str]:
    """The environment that a person with an account there would set."""
    tiktok.settings(rate_limits=False, export_seconds=0, validation_seconds=0)
    scopes = [*tiktok.tokens.issue().scopes, Scope.PORTABILITY_ALL_ONGOING]
    held = tiktok.tokens.issue(client_key=APP_ID)
    given = {
        "client_key": KEY,
        "client_secret": SECRET,
        "creator_token": tiktok.tokens.issue(scopes=scopes).access_token,
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "advertiser_token": tiktok.tokens.issue_for_ads().access_token,
        "account_token": held.access_token,
        "business_id": held.open_id or "",
        "shop_name": next(iter(tiktok.world.all.shops.values())).name,
    }
    return {variable(name): value for name, value in given.items() if name not in without}


def for_writes(tiktok: TikTokEmulator) -> dict[str, str]:
    """The things that a run with writes needs to be named."""
    own = tiktok.world.videos_of(tiktok.creators.get("maracooks").id)
    given = {
        "advertiser_id": ADVERTISER_ID,
        "media_url": "https://media.example.com",
        "callback_url": "https://ready.example.com/hooks",
        "event_source_id": "CSEEDPIXEL0000000001",
        "item_id": own[-1].id,
        "tto_tcm_account_id": "7400000000000000001",
        "handle_name": "ridewithrio",
    }
    return {variable(name): value for name, value in given.items()}


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[TikTokEmulator]:
    """A TikTok none of whose things the examples name."""
    with in_process(seed=9) as tiktok:
        yield tiktok


def asked(suite: Suite, effects: set[OperationEffect]) -> dict[str, str]:
    """Ask everything, and say what was skipped."""
    for operation in test_operations.OPERATIONS:
        if operation.effect in effects:
            try:
                outcome = suite.outcome(operation)
            except Unreachable:
                continue
            assert not outcome.drift, outcome.drift
            assert not suite.is_refused_credential(outcome)
    return suite.skipped


def there(tiktok: TikTokEmulator) -> dict[str, str]:
    """The campaigns, ad groups and audiences that aren't deleted, by their ids."""
    tables = tiktok.world.all
    found = [*tables.campaigns.values(), *tables.ad_groups.values(), *tables.audiences.values()]
    return {one.id: one.name for one in found if not one.deleted}


def test_reads_of_another_account_need_no_more_than_credentials(elsewhere: TikTokEmulator) -> None:
    elsewhere.reset()
    given = environment(elsewhere)
    hosts = Hosts.at(elsewhere.url)
    with real(hosts, given, may_write=False, transport=elsewhere.transport) as suite:
        skipped = asked(suite, {OperationEffect.READ})
    told = {seen.operation for seen in elsewhere.requests}
    operations = catalogue.operations()
    assert not [name for name in told if name and operations[name].effect is OperationEffect.WRITE]
    assert {name for name, why in skipped.items() if "pass --writes" not in why} == {
        "research.liked_videos",
        "business.tto_creator_link_request_get",
        "business.tcm_tt_video_status",
        "business.identity_info",
    }
    assert len(suite.outcomes) >= 75


def test_writes_leave_what_was_there_alone_and_are_taken_back(elsewhere: TikTokEmulator) -> None:
    elsewhere.reset()
    given = environment(elsewhere) | for_writes(elsewhere)
    before = there(elsewhere)
    hosts = Hosts.at(elsewhere.url)
    with real(hosts, given, may_write=True, transport=elsewhere.transport) as suite:
        skipped = asked(suite, {OperationEffect.WRITE})
        cleaned = clean_up(suite)
    needs = NEEDS_AN_INVITATION | NEEDS_AN_IDENTITY | NEEDS_AN_ORDERED_VIDEO
    needs |= {"media.upload_chunk"}
    assert skipped.keys() <= needs
    failed = [one for one in cleaned if one.left not in (None, NO_UNDO)]
    assert failed == []
    assert [one.write for one in cleaned if one.left is None]
    assert there(elsewhere) == before


ALTERED = {
    ("display.user_info", "undeclared field", "data.user.badge"),
    ("posting.creator_info", "missing field", "data.duet_disabled"),
    ("posting.creator_info", "undeclared value", "data.privacy_level_options[]"),
    ("business.bc_get", "undeclared error code", ""),
    ("business.bc_get", "refused", ""),
}


def alter(path: str, answer: Any) -> Any:
    if path == "/v2/user/info/" and answer["data"]:
        answer["data"]["user"]["badge"] = {"owner": "somebody"}
    elif path == "/v2/post/publish/creator_info/query/":
        del answer["data"]["duet_disabled"]
        answer["data"]["privacy_level_options"].append("CLOSE_FRIENDS")
    elif path == "/open_api/v1.3/bc/get/":
        answer |= {"code": 49999, "message": "no", "data": {}}
    return answer


def run(url: str, folder: Path, given: dict[str, str]) -> tuple[int, str]:
    """The conformance tests in a process of their own; its exit code and what it printed."""
    command = [sys.executable, "-m", "pytest", "tests/conformance", "-rs", "-p", "no:cacheprovider"]
    command += ["--tiktok=real", f"--tiktok-url={url}", f"--recordings={folder}"]
    inherited = {n: v for n, v in os.environ.items() if not n.startswith("PYTEST_")}
    ended = subprocess.run(
        command, cwd=ROOT, env=inherited | given, capture_output=True, text=True, timeout=50
    )
    return ended.returncode, ended.stdout + ended.stderr


def elsewhere_on_loopback() -> str:
    """An address that tests can't reach unless they are let, where the system has one."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.2", 0))
        except OSError:
            return "127.0.0.1"
    return "127.0.0.2"


def test_drift_is_reported_and_nothing_secret_is_recorded(
    tiktok_emulator_server: TikTokEmulator, tmp_path: Path
) -> None:
    given = environment(tiktok_emulator_server, "account_token", "business_id")
    with altering_proxy(tiktok_emulator_server.url, alter, elsewhere_on_loopback()) as url:
        code, printed = run(url, tmp_path, given)
    assert code == 0, printed
    [folder] = tmp_path.iterdir()
    told = json.loads((folder / "report.json").read_text())
    found = {(one["operation"], one["kind"], one["at"]) for one in told["drift"]}
    assert found == ALTERED
    assert told["behaves_otherwise"] == [
        "test_only_requested_fields_come_back",
        "test_the_creator_s_settings_offer_privacy_levels",
    ]
    assert "display.user_info: undeclared field at data.user.badge: object" in printed
    assert "49999, HTTP 200" in printed
    asked_at = datetime.fromisoformat(told["operations"]["display.user_info"]["asked"])
    assert timedelta() <= datetime.fromisoformat(told["date"]) - asked_at < timedelta(minutes=1)
    reasons = set(told["skipped"].values())
    assert f"set {variable('account_token')}" in reasons
    assert any("pass --writes" in one for one in reasons)
    recordings = {one.stem for one in (folder / "recordings").iterdir()}
    assert recordings == told["operations"].keys()
    written = "".join(one.read_text() for one in folder.rglob("*.json"))
    person = tiktok_emulator_server.creators.get("maracooks")
    secrets = [value for name, value in given.items() if not name.endswith("APP_ID")]
    for value in (*secrets, person.display_name, person.username, "somebody"):
        assert value not in written


def test_drift_fails_a_strict_run_alone(tiktok_emulator_server: TikTokEmulator) -> None:
    given = environment(tiktok_emulator_server)
    check = test_operations.test_the_answer_is_as_declared
    operation = catalogue.operations()["display.user_info"]
    with (
        altering_proxy(tiktok_emulator_server.url, alter) as url,
        real(Hosts.at(url), given, may_write=False) as suite,
    ):
        with pytest.raises(pytest.xfail.Exception, match=r"data\.user\.badge"):
            check(operation, suite, Options(REAL))
        with pytest.raises(pytest.fail.Exception, match=r"data\.user\.badge"):
            check(operation, suite, Options(REAL, is_strict=True))
        check(catalogue.operations()["display.video_list"], suite, Options(REAL, is_strict=True))


def test_tokens_that_are_refused_fail_the_run(tmp_path: Path) -> None:
    with in_process() as tiktok:
        given = environment(tiktok) | {variable("creator_token"): "act.spent"}
        hosts = Hosts.at(tiktok.url)
        with real(hosts, given, may_write=False, transport=tiktok.transport) as suite:
            outcome = suite.outcome(catalogue.operations()["display.user_info"])
    assert suite.is_refused_credential(outcome)


def test_a_lost_connection_shows_no_address() -> None:
    """The address of a GET may hold the app's secret."""
    given = {variable("app_id"): "7", variable("app_secret"): "pl4nted"}
    given[variable("advertiser_token")] = "pl4nted"
    with (
        real(Hosts.at("http://127.0.0.1:9"), given, may_write=False) as suite,
        pytest.raises(Unanswered) as caught,
    ):
        suite.outcome(catalogue.operations()["business.oauth2_advertiser_get"])
    assert str(caught.value) == "business.oauth2_advertiser_get: ConnectError"
    assert caught.value.__context__ is None


def test_what_is_not_allowed_or_limited_is_skipped_and_told(elsewhere: TikTokEmulator) -> None:
    elsewhere.reset()
    given = environment(elsewhere)
    given[variable("creator_token")] = elsewhere.tokens.issue(
        scopes=["user.info.basic"]
    ).access_token
    elsewhere.faults.add("posting.creator_info", "rate_limit")
    elsewhere.faults.add("research.video_query", "status", status=500, code="internal_error")
    hosts = Hosts.at(elsewhere.url)
    operations = catalogue.operations()
    with real(hosts, given, may_write=False, transport=elsewhere.transport) as suite:
        told = {
            name: suite.unreachable(suite.outcome(operations[name]))
            for name in ("display.video_list", "posting.creator_info", "research.video_query")
        }
        profile = suite.outcome(operations["display.user_info"])
    assert told["display.video_list"] == (
        "the app or the account isn't allowed this: scope_not_authorized"
    )
    assert told["posting.creator_info"] == "a limit was reached: rate_limit_exceeded"
    assert str(told["research.video_query"]).startswith("TikTok failed: internal_error, log id 20")
    assert [one.operation for one in limits_of(suite.outcomes["posting.creator_info"])] == [
        "posting.creator_info"
    ]
    # fields whose scopes the creator withheld are left out instead
    assert profile.problem is None
    assert profile.drift == ()
