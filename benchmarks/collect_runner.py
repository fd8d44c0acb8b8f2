"""`python -m benchmarks.collect_runner URL FOLDER FIRST LAST`: one run of a collection by the clock
of the emulator at URL; prints its result as JSON."""

from __future__ import annotations

import json
import sys

import httpx2

from stagedoor import Hosts, TikTok, Where

from .uploader import peak

CREATOR = "collected"


def main(url: str, folder: str, first: str, last: str) -> None:
    control = httpx2.Client(base_url=url, trust_env=False)

    def now() -> float:
        return float(control.get("/_emulator/clock").json()["now"])

    app = ("emulator-client-key", "emulator-client-secret")
    with control, TikTok(*app, hosts=Hosts.at(url), now=now) as tiktok:
        made = tiktok.research.collect(
            folder,
            query=Where.username.eq(CREATOR),
            start_date=first,
            end_date=last,
            format="parquet",
        )
    told = {
        "finished": made.finished,
        "rows": made.counts["videos"],
        "resumes_at": made.resumes_at,
        "peak": peak() / 1e6,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
