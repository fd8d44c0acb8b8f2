"""The results and the output of a run."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conformance import conftest, options
from tests.conformance.credentials import Credentials, Unreachable, variable
from tests.conformance.options import EMULATOR, REAL, SANDBOX, Options
from tests.conformance.references import REFERENCES

PAGE = (Path(__file__).parents[3] / "docs" / "conformance.md").read_text()
SECRET = "act.planted0123456789"


def test_a_run_that_is_recorded_asks_in_one_process(tmp_path: Path) -> None:
    config = _Config(EMULATOR)
    config.options |= {"numprocesses": 2, "--recordings": tmp_path}
    with pytest.raises(pytest.UsageError, match="--recordings: run without -n"):
        Options.of(config)  # type: ignore[arg-type]
    del config.options["--recordings"]
    assert Options.of(config).folder is None  # type: ignore[arg-type]


class _Config:
    """A pytest configuration with these options."""

    def __init__(self, tiktok: str, strict: bool = False) -> None:
        self.stash = pytest.Stash()
        self.options: dict[str, Any] = {"--tiktok": tiktok}
        self._strict = strict

    def getoption(self, name: str, default: Any = None) -> Any:
        return self.options.get(name, default)

    def getini(self, name: str) -> bool:
        return self._strict


def reported(tiktok: str, error: BaseException, *, strict: bool = False) -> Any:
    """The report of a test of the folder that raised this error."""

    def failing() -> None:
        raise error

    path = Path(conftest.__file__).with_name("test_any.py")
    item = SimpleNamespace(path=path, config=_Config(tiktok, strict), name="test_any")
    call = pytest.CallInfo.from_call(failing, "call")
    skipped = isinstance(error, pytest.skip.Exception)
    made = SimpleNamespace(
        outcome="skipped" if skipped else "failed",
        skipped=skipped,
        failed=not skipped,
        longrepr=f"traceback with {SECRET}",
        sections=[("log", SECRET)],
    )
    wrapper = conftest.pytest_runtest_makereport(item, call)  # type: ignore[arg-type]
    next(wrapper)
    with pytest.raises(StopIteration) as ended:
        wrapper.send(made)  # type: ignore[arg-type]
    return ended.value.value


def test_a_skipped_test_fails_on_the_emulator_alone() -> None:
    skip = pytest.skip.Exception("set something")
    assert reported(EMULATOR, skip).outcome == "failed"
    assert reported(REAL, skip).outcome == "skipped"


@pytest.mark.parametrize("strict", [False, True])
def test_a_failure_on_real_tiktok_shows_no_values(strict: bool) -> None:
    made = reported(REAL, AssertionError(f"assert {SECRET}"), strict=strict)
    assert SECRET not in str(made.longrepr)
    assert made.sections == []
    assert "AssertionError in test_any" in made.longrepr
    # pytest shows a skipped test with `wasxfail` as xfailed
    assert made.outcome == ("failed" if strict else "skipped")
    assert hasattr(made, "wasxfail") is not strict


def test_a_broken_test_fails_on_real_tiktok() -> None:
    made = reported(REAL, KeyError(SECRET))
    assert made.outcome == "failed"
    assert SECRET not in str(made.longrepr)


def test_a_failure_on_the_emulator_is_shown_in_full() -> None:
    assert SECRET in reported(EMULATOR, AssertionError()).longrepr


def test_addresses_go_by_the_option() -> None:
    assert Options(REAL).hosts.api == "https://open.tiktokapis.com"
    assert Options(SANDBOX).hosts.business == "https://sandbox-ads.tiktok.com"
    assert Options(REAL, url="http://127.0.0.1:1").hosts.www == "http://127.0.0.1:1"


def test_only_tiktok_is_recorded_unless_it_is_asked_for() -> None:
    assert Options(EMULATOR).folder is None
    assert Options(REAL).folder == Path(options.__file__).parents[2] / "build" / "conformance"
    assert Options(EMULATOR, recordings=Path("there")).folder == Path("there")


def test_every_variable_is_documented() -> None:
    for one in fields(Credentials):
        assert f"`{one.name.upper()}`" in PAGE, one.name
    for reference in REFERENCES:
        name = reference.environment.removeprefix(variable(""))
        assert f"`{name}`" in PAGE, name


def test_a_missing_credential_says_what_to_set_and_is_never_shown() -> None:
    given = Credentials.from_environment({variable("creator_token"): SECRET})
    assert given.given("creator_token") == SECRET
    assert SECRET not in repr(given)
    with pytest.raises(Unreachable, match=r"^set STAGEDOOR_CONFORMANCE_APP_SECRET$"):
        given.given("app_secret")
