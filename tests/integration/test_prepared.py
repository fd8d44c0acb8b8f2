"""Processes that tests fork from a loaded server behave as processes that Python starts."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support import prepared
from tests.support.prepared import Prepared

ROOT = Path(__file__).parents[2]
PARENT = "import os; print(os.getppid())"


def run(code: str, **options: Any) -> tuple[int, str, str]:
    with Prepared(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    ) as process:
        out, err = process.communicate(timeout=50)
    return process.returncode, out.strip(), err


def test_a_process_is_forked_with_its_exit_code_and_outputs() -> None:
    code, out, err = run(f"{PARENT}; import sys; print('no', file=sys.stderr); sys.exit(3)")
    assert (code, err) == (3, "no\n")
    assert int(out) != os.getpid(), "the server is the parent"


def test_what_a_forked_process_starts_is_forked_too_and_told_apart_when_it_is_killed() -> None:
    program = f"""
import os, subprocess, sys
command = [sys.executable, "-c"]
own = subprocess.run([*command, {PARENT!r}], capture_output=True, text=True)
killed = subprocess.run([*command, "import os; os.kill(os.getpid(), 9)"])
print(os.getppid(), own.stdout.strip(), own.returncode, killed.returncode)
"""
    code, out, err = run(program, env=os.environ | {"PYTHONWARNINGS": "error"})
    assert (code, err) == (0, "")
    server, parent_of_inner, *codes = out.split()
    assert server == parent_of_inner
    assert codes == ["0", str(-signal.SIGKILL)]


def python(program: str, *arguments: str, **options: Any) -> tuple[int, str, str]:
    """As `run`, by Python itself."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, **options)
    return done.returncode, done.stdout.strip(), done.stderr


def test_pytest_workers_share_a_server() -> None:
    program = f"""
import sys
from tests.support.prepared import Prepared, share
share(sys.argv[1])
Prepared([sys.executable, "-c", {PARENT!r}]).wait()
"""
    assert python(program, prepared.address(), cwd=ROOT) == run(PARENT)


LOADED = """
def loaded(server):
    return any("site-packages" in one.path for one in server.memory_maps())
"""


def test_a_server_that_no_test_uses_loads_nothing_and_ends_with_its_process() -> None:
    program = f"""{LOADED}
import psutil
from tests.support import prepared
address = prepared.address()
[server] = psutil.Process().children()
print(address, server.pid, loaded(server))
"""
    code, out, err = python(program, cwd=ROOT)
    assert (code, err) == (0, "")
    path, pid, loaded = out.split()
    assert loaded == "False"
    assert not Path(path).parent.exists()
    assert not psutil.pid_exists(int(pid))


def test_a_server_that_is_told_loads_before_the_first_process_is_forked() -> None:
    program = f"""{LOADED}
import psutil, time
from tests.support import prepared
prepared.load()
[server] = psutil.Process().children()
while not loaded(server):
    time.sleep(0.01)
server.kill()
"""
    assert python(program, cwd=ROOT) == (0, "", "")


@pytest.mark.parametrize("named", [False, True], ids=["default", "SSL_CERT_FILE"])
def test_a_process_trusts_the_certificates_that_its_environment_names(
    named: bool, tmp_path: Path
) -> None:
    """The server has loaded those of its own environment."""
    first = ssl.create_default_context().get_ca_certs(binary_form=True)[0]
    (tmp_path / "one.pem").write_text(ssl.DER_cert_to_PEM_cert(first))
    environment = {name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
    if named:
        environment["SSL_CERT_FILE"] = str(tmp_path / "one.pem")
    program = "from stagedoor.client.transport import tls; print(tls().cert_store_stats()['x509'])"
    code, trusted, err = run(program, env=environment)
    assert (code, trusted, err) == python(program, env=environment)
    assert (trusted == "1") is named


@pytest.mark.parametrize("asked", ["", "cp1252", "ascii:replace", ":backslashreplace"])
def test_a_process_reads_and_writes_in_the_encoding_that_its_environment_names(asked: str) -> None:
    program = """
import os, sys
for stream in (sys.stdin, sys.stdout, sys.stderr):
    print(stream.encoding, stream.errors)
sys.stdout.reconfigure(errors="replace")
print("\u65e5 \u20ac")
print("\u65e5 \u20ac", file=sys.stderr)
"""
    environment = os.environ | {"PYTHONIOENCODING": asked}
    encoding = asked.partition(":")[0] or "utf-8"
    options: dict[str, Any] = {"env": environment, "encoding": encoding}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=50, **options
    )
    assert run(program, **options) == (0, done.stdout.strip(), done.stderr)
    assert int(run(PARENT, env=environment)[1]) != os.getpid(), "it is forked"


@pytest.mark.parametrize(
    "options",
    [{"umask": 0o77}, {"start_new_session": True}, {"env": os.environ | {"PYTHONUTF8": "1"}}],
    ids=["umask", "session", "UTF-8 mode"],
)
def test_what_a_fork_can_not_be_given_makes_a_process_of_pythons_own(
    options: dict[str, Any],
) -> None:
    assert run(PARENT, **options) == (0, str(os.getpid()), "")


def test_a_command_that_is_not_stagedoors_is_started_as_ever() -> None:
    command = [sys.executable, "-I", "-c", PARENT]
    with Prepared(command, stdout=subprocess.PIPE, text=True) as process:
        out, _ = process.communicate(timeout=50)
    assert int(out) == os.getpid()
    assert process.returncode == 0


def test_a_forked_process_ends_as_python_ends_one() -> None:
    """Its threads end, its handlers are called, and what it left open is told."""
    program = """
import atexit, threading, time
atexit.register(print, "handler")
threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()
class Holder: pass
one = Holder()
one.itself, one.file = one, open("/dev/null")
del one
print("end")
raise SystemExit(7)
"""
    code, out, err = run(program, env=os.environ | {"PYTHONWARNINGS": "default"})
    assert (code, out.split()) == (7, ["end", "thread", "handler"])
    assert "ResourceWarning: unclosed file" in err


@pytest.mark.parametrize(("options", "code"), [("", 0), ("error", 1), ("error,ignore", 0)])
def test_a_forked_process_filters_warnings_as_it_is_told(options: str, code: int) -> None:
    program = "import warnings; warnings.warn('gone soon', DeprecationWarning)"
    ended, _, err = run(program, env=os.environ | {"PYTHONWARNINGS": options})
    assert ended == code, err


def test_a_process_whose_output_nobody_reads_ends_as_python_says() -> None:
    program = "import sys; sys.stdout.write('x'); sys.exit(0)"
    read, write = os.pipe()
    os.close(read)
    codes = [
        start([sys.executable, "-c", program], stdout=write, stderr=subprocess.DEVNULL).wait(50)
        for start in (Prepared, subprocess.Popen)
    ]
    os.close(write)
    assert codes[0] == codes[1] != 0
