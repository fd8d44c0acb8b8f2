"""Commands that start other processes, and are killed: nothing of them is left behind."""

from __future__ import annotations

import os
import signal
import socket
import time

import httpx2
import psutil
import pytest

from stagedoor.cli.demo.processes import free_port

from .conftest import Shell


def wait_until_free(port: int, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        assert time.monotonic() < end, f"port {port} is still served"
        time.sleep(0.1)


@pytest.mark.timeout(150)
def test_up_starts_again_after_it_was_killed_with_the_same_world(shell: Shell) -> None:
    ports = free_port(), free_port()
    command = ("up", "--port", str(ports[0]), "--emulator-port", str(ports[1]))
    emulator = f"http://127.0.0.1:{ports[1]}/_emulator/creators"
    with shell.started(*command) as running:
        running.line("Ctrl-C ends all of it", 60)
        body = {"username": "new.face"}
        assert httpx2.post(emulator, json=body, trust_env=False).status_code == 201
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait(20)
    wait_until_free(ports[1])
    with shell.started(*command) as again:
        again.line("Ctrl-C ends all of it", 60)
        assert httpx2.get(f"{emulator}/new.face", trust_env=False).status_code == 200
        assert not [line for line in again.lines if "new world" in line]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("options", "parts"),
    [((), ("emulator", "serve")), (("--client",), ("emulator", "receiver"))],
    ids=["service", "client"],
)
def test_a_killed_demo_leaves_no_process(
    shell: Shell, options: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    shell.prepared = False  # children of the server of prepared processes are nobody's
    with shell.started("demo", *options) as running:
        demo, end = psutil.Process(running.process.pid), time.monotonic() + 60
        while True:
            children = demo.children()
            commands = [" ".join(child.cmdline()) for child in children]
            if all(any(part in command for command in commands) for part in parts):
                break
            assert time.monotonic() < end, commands
            assert running.process.poll() is None, running.lines
            time.sleep(0.05)
        running.process.kill()
        running.process.wait(20)
        _, left = psutil.wait_procs(children, timeout=40)
        for child in left:
            child.kill()
        assert not left


@pytest.mark.parametrize("option", ["--port", "--emulator-port"])
def test_a_taken_port_is_said_with_the_option_that_sets_it(shell: Shell, option: str) -> None:
    shell.env["STAGEDOOR_DATA"] = str(shell.folder)  # exists, and has no world
    ports = {"--port": str(free_port()), "--emulator-port": str(free_port())}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports[option] = str(taken.getsockname()[1])
        done = shell.run("up", *(word for pair in ports.items() for word in pair))
    assert done.code == 1
    assert f"port {ports[option]}: Address already in use" in done.words
    assert f"? {option} takes another port" in done.words
    assert "new world" not in done.words, "no world begins"


def test_serve_says_which_port_is_taken(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = shell.run("serve", "--port", str(port))
    assert done.code == 1
    assert f"can't listen on 127.0.0.1 port {port}: Address already in use" in done.words
