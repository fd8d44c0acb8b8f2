"""Identifiers of customers from a CSV file into hashed lines, against bare hashlib."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import tempfile
import uuid
from pathlib import Path

from .contest import contest, ratio
from .process import ENVIRONMENT, ROOT, python
from .row import Benchmark, Better, Length, Row

SPEED = 0.35
MEMORY = 1.1
_PER_ROW = 2
"""Identifiers in a row, on average: each of three columns is filled in two of three rows."""


def write(file: Path, identifiers: int) -> None:
    """Customers as an online shop exports them; a tenth of the e-mail addresses is hashed."""
    chance = random.Random(1)
    with file.open("w", encoding="utf-8", newline="") as opened:
        out = csv.writer(opened)
        out.writerow(("customer", "email", "phone", "maid", "country"))
        for number in range(identifiers // _PER_ROW):
            cells = [
                f" Jane.Doe.{chance.randrange(10**9)}@Example{number % 97}.com",
                f"+49 (0)1{chance.randrange(50, 80)} {chance.randrange(10**6, 10**7)}",
                str(uuid.UUID(int=chance.getrandbits(128))).upper(),
            ]
            if number % 10 == 0:
                cells[0] = f"{chance.getrandbits(256):064x}"
            cells[number % 3] = ""
            out.writerow((number, *cells, "DE"))


def _side(side: str, file: Path) -> dict[str, float]:
    """One pass in a fresh process: seconds for each identifier, peak bytes, identifiers."""
    done = subprocess.run(
        python("-m", "benchmarks.business_hasher", side, str(file)),
        cwd=ROOT,
        env=ENVIRONMENT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run(length: Length) -> list[Row]:
    count, rounds = (100_000, 7) if length is Length.SHORT else (1_000_000, 5)
    peaks: list[float] = []
    with tempfile.TemporaryDirectory(prefix="stagedoor-customers-") as folder:
        file, tenth = Path(folder) / "customers.csv", Path(folder) / "tenth.csv"
        write(file, count)
        write(tenth, count // 10)

        def ours() -> float:
            done = _side("ours", file)
            peaks.append(done["peak"])
            return done["each"]

        def bare() -> float:
            return _side("bare", file)["each"]

        took = contest(ours, bare, rounds)
        small = max(_side("ours", tenth)["peak"] for _ in range(rounds))
    # of speeds, so the other way round than times
    speed = ratio([(plain, mine) for mine, plain in took])
    mine, plain = (min(times) * 1e6 for times in zip(*took, strict=True))
    title = f"hashing {count:,} identifiers"
    return [
        Row(
            f"{title} from CSV",
            speed,
            SPEED,
            f"{mine:.2f} µs each with reading and normalising, bare hashlib {plain:.2f} µs",
            better=Better.HIGHER,
        ),
        Row(
            f"{title}: memory",
            max(peaks) / small,
            MEMORY,
            f"{max(peaks) / 1e6:.0f} MB at most, {small / 1e6:.0f} MB for a tenth of them",
        ),
    ]


BENCHMARK = Benchmark("business-hashing", run)
