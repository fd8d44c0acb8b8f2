"""How a process of the service ends."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from pathlib import Path

from tests.support.local import emulator
from tests.support.serving import Serving


def test_it_ends_in_order_where_the_clock_that_it_follows_has_ended(tmp_path: Path) -> None:
    environment = {
        "STAGEDOOR_DATA": str(tmp_path / "data"),
        "STAGEDOOR_HOME": str(tmp_path / "home"),
    }
    with ExitStack() as stack:
        tiktok = ExitStack()
        url = tiktok.enter_context(emulator())
        environment |= {"STAGEDOOR_TIKTOK_URL": url, "STAGEDOOR_CLOCK": f"{url}/_emulator/clock"}
        stack.callback(tiktok.close)
        service = stack.enter_context(Serving(environment, with_worker=True))
        tiktok.close()
        service.process.terminate()
        assert service.process.wait(40) in (0, -signal.SIGTERM)
