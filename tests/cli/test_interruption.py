"""Ctrl-C at every moment of a command: one line, exit code 130, never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from textwrap import dedent

import pytest

from stagedoor.testing import TikTokEmulator

from .conftest import Connect, Shell, control

pytestmark = pytest.mark.usefixtures("unprepared")

BEGIN = """
import atexit, os, signal, sys, threading, time
from stagedoor.cli import interruption

def interrupt(): signal.raise_signal(signal.SIGINT)
"""
END = "sys.exit(interruption.guarded(command))"


def run(shell: Shell, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"{BEGIN}\n{dedent(command)}\n{END}"],
        env=shell.env,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


MOMENTS = {
    "in the command": """
        def command():
            interrupt()
    """,
    "in a destructor, where Python drops it": """
        class Held:
            def __del__(self): interrupt()
        def command():
            Held()
            time.sleep(20)
            return 0
    """,
    "in a generator that is closed, where Python drops it": """
        def held():
            try: yield
            finally: interrupt()
        def command():
            next(held())
            time.sleep(20)
            return 0
    """,
    "in a callback of a weak reference": """
        import weakref
        class Thing: pass
        def command():
            thing = Thing()
            ref = weakref.ref(thing, lambda _: interrupt())
            del thing
            time.sleep(20)
            return 0
    """,
    "turned into another error by a library": """
        def command():
            try: interrupt()
            except BaseException as error: raise ValueError("broken") from error
    """,
    "hidden behind another error": """
        def command():
            try: interrupt()
            except BaseException: pass
            raise ValueError("broken")
    """,
    "while another error is handled": """
        def command():
            try: raise ValueError("broken")
            finally: interrupt()
    """,
    "again while things are put away": """
        def command():
            try: interrupt()
            finally:
                interrupt()
                time.sleep(20)
    """,
    "while a thread is waited for": """
        def command():
            waiting = threading.Thread(target=time.sleep, args=(0.5,))
            waiting.start()
            threading.Timer(0.1, interrupt).start()
            waiting.join()
            time.sleep(20)
    """,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_interrupt_is_one_line(shell: Shell, moment: str) -> None:
    done = run(shell, MOMENTS[moment])
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")


AFTERWARDS = {
    "while the interpreter ends": """
        def command():
            atexit.register(interrupt)
            return 3
    """,
    "while the interpreter waits for a thread": """
        def command():
            def later():
                while threading.main_thread().is_alive(): time.sleep(0.01)
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(5)
            threading.Thread(target=later).start()
            return 3
    """,
    "by a handler that the command left behind": """
        def command():
            signal.signal(signal.SIGINT, signal.default_int_handler)
            atexit.register(interrupt)
            return 3
    """,
}


@pytest.mark.parametrize("moment", AFTERWARDS)
def test_a_command_that_has_ended_keeps_its_code(shell: Shell, moment: str) -> None:
    done = run(shell, f"print('done')\n{dedent(AFTERWARDS[moment])}")
    assert (done.returncode, done.stdout, done.stderr) == (3, "done\n", "")


def test_what_was_under_way_is_explained(shell: Shell) -> None:
    done = run(
        shell,
        """
        def command():
            with interruption.explained(lambda: "It may be there."):
                interrupt()
        """,
    )
    assert done.stderr == "Stopped.\nIt may be there.\n"


def test_an_error_without_an_interrupt_is_an_error(shell: Shell) -> None:
    """Control."""
    done = run(shell, "def command(): raise ValueError('broken')")
    assert done.returncode == 1
    assert done.stderr.endswith("ValueError: broken\n")
    assert "Stopped." not in done.stderr


@pytest.mark.timeout(180)
def test_a_post_stops_in_one_line_at_many_points(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    """From the first import to the answer, by real processes."""
    connected()
    control(tiktok, "PATCH", "settings", {"rate_limits": False})
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.interrupting", "videos", "--limit", "1", "--json"],
        env=shell.env | {"STEP": "15013", "PYTHONPATH": ".", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    *_, last = done.stdout.splitlines()
    wrong = [line for line in done.stdout.splitlines() if line.startswith('{"where"')]
    assert wrong == []
    told = json.loads(last)
    assert told["code"] == 0, done.stderr
    assert told["points"] > 5
