"""The child process that runs a submitted script. A script can break only this process.

Standard input brings one order, then the answers to queries; standard output takes the queries and
the outcome. What the script prints goes to standard error, which is a file of the parent process:

    <- {"name": "script.py", "code": "...", "folders": [...], "memory": ..., "cpu": ..., "written":
       ...}
    -> {"do": "query", ...}         followed by its answers, the last of which has `end`
    -> {"ended": true} or {"failed": "ValueError: ...", "line": 3}

The limits are the kernel's, the refusals below are Python's own: a script that means to get around
the refusals can. They tell an honest script early what TikTok's environment hasn't either.
"""

from __future__ import annotations

import errno
import json
import linecache
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from stagedoor.child_process import bound, bound_time

from .sdk import FOLDER

_OPEN_FILES = 256
_PARENT_SECONDS = 1.0
_OURS = str(Path(__file__).parent)
_PROCESSES = frozenset(
    {
        *("os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.spawn", "os.system"),
        *("os.startfile", "subprocess.Popen", "pty.spawn", "os.kill", "os.killpg"),
    }
)
_NETWORK = frozenset(
    {
        *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"),
        *("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"),
    }
)
_CHANGES = frozenset(
    {
        *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink"),
        *("os.truncate", "os.chmod", "os.chown", "os.utime", "shutil.rmtree", "shutil.move"),
    }
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    # these two stay open even if the script closes its standard streams
    source, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    order = json.loads(source.readline())
    bound(order["memory"], order["written"], _OPEN_FILES)
    bound_time(order["cpu"])
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    outcome = _run(order, source, answers)
    _flush()
    _say(answers, outcome)
    os._exit(0)  # ends threads that the script left, too


def _run(order: dict[str, Any], source: IO[bytes], answers: IO[bytes]) -> dict[str, Any]:
    one_by_one = threading.Lock()

    def connected(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        with one_by_one:
            _say(answers, message)
            ended = False
            try:
                while not ended:
                    answer = json.loads(source.readline())
                    ended = "end" in answer
                    yield answer
            finally:  # the rest, where nobody reads on
                while not ended:
                    ended = "end" in json.loads(source.readline())

    sys.path.insert(0, str(FOLDER))
    import_module("pyrqs.rqs").connected = connected  # type: ignore[attr-defined]
    name, code, folders = order["name"], order["code"], tuple(order["folders"])
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    sys.argv, sys.dont_write_bytecode = [name], True
    os.environ.clear()
    os.environ.update(HOME=folders[-1], TMPDIR=folders[-1])
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__file__ = name
    try:
        compiled = compile(code, name, "exec", dont_inherit=True)
        _refuse(folders)
        # running the submitted script is this module's purpose
        exec(compiled, main.__dict__)  # noqa: S102
    except SystemExit as error:
        if error.code in (None, 0):
            return {"ended": True}
        return {"failed": f"It exited with {error.code!s:.200}.", "line": _line(error, name)}
    except MemoryError:
        return {"failed": f"It needed more than {order['memory'] >> 20:,} MiB of memory."}
    except BaseException as error:
        return _failure(error, name, order["written"])
    return {"ended": True}


def _failure(error: BaseException, name: str, written: int) -> dict[str, Any]:
    told = traceback.TracebackException.from_exception(error, limit=-100)
    # frames of this package say nothing about the script
    kept = [frame for frame in told.stack if not frame.filename.startswith(_OURS)]
    told.stack = traceback.StackSummary.from_list(kept)
    with suppress(Exception):
        print("".join(told.format()), file=sys.__stderr__, flush=True)
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        said = f"It wrote more than {written:,} bytes into a file."
    else:
        said = "".join(traceback.format_exception_only(error)[-1:]).strip()[:1_000]
    return {"failed": said, "line": _line(error, name)}


def _line(error: BaseException, name: str) -> int | None:
    """The last line of the script that the error passed."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return error.lineno
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == name]
    return lines[-1] if lines else None


def _refuse(folders: tuple[str, ...]) -> None:
    """Have Python refuse new processes, the network, and writing outside the script's folders."""
    inside = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)

    def is_own(path: Any) -> bool:
        if isinstance(path, int):
            return True
        text = os.path.realpath(os.fsdecode(path))
        return text == os.devnull or os.path.join(text, "").startswith(inside)

    def judge(event: str, args: tuple[Any, ...]) -> None:
        if event in _PROCESSES:
            raise PermissionError("a script can't start or signal processes")
        if event in _NETWORK:
            raise PermissionError("a script has no network: pyrqs alone gives it data")
        changes = event == "open" and (args[2] or 0) & _WRITING
        if (changes or event in _CHANGES) and not is_own(args[0]):
            raise PermissionError(f"a script writes in its own folder alone, not to {args[0]!r}")

    sys.addaudithook(judge)


def _end_with(parent: int) -> None:
    """End this process when the emulator is killed: nobody else ends a script that sleeps."""
    while os.getppid() == parent:
        time.sleep(_PARENT_SECONDS)
    os._exit(1)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the script may have closed or replaced it
            stream.flush()


def _say(out: IO[bytes], message: dict[str, Any]) -> None:
    out.write(json.dumps(message).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
