"""pytest workers that are forked from a process that imported all tests behave as others do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFTEST = """
from tests.support import workers

def pytest_xdist_setupnodes(config, specs):
    workers.fork(specs)
"""
TESTS = """
import os
import random
import signal

import pytest

IMPORTED_BY = os.getpid()

@pytest.mark.parametrize("number", range(4))
def test_passes(number):
    print(f"<{IMPORTED_BY} {os.getpid()} {os.getppid()} {random.random()}>")
    assert os.environ["PYTEST_XDIST_WORKER"].startswith("gw")

def test_fails():
    assert IMPORTED_BY == 0

def test_kills_its_worker():
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.timeout(180)
def test_workers_share_what_was_imported_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_these.py").write_text(TESTS)
    (tmp_path / "test_broken.py").write_text("import nothing_of_this_name\n")
    command = [sys.executable, "-m", "pytest", "-n", "2", "-rA", "--import-mode=importlib"]
    command += ["--continue-on-collection-errors", "-p", "no:cacheprovider"]
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert done.stderr == ""
    assert "2 failed, 4 passed, 1 error" in done.stdout
    assert "No module named 'nothing_of_this_name'" in done.stdout
    told = [line.strip("<>").split() for line in done.stdout.splitlines() if line.startswith("<")]
    imported_by, own, parents, randoms = map(set, zip(*told, strict=True))
    assert len(imported_by) == 1
    assert imported_by == parents, "the server is the parent"
    assert not own & parents
    assert len(randoms) == 4
    [server] = parents
    assert f"assert {server} == 0" in done.stdout, "assertions are rewritten"
    assert "crashed while running 'test_these.py::test_kills_its_worker'" in done.stdout
    assert not Path(f"/proc/{server}").exists(), "it ends with pytest"
