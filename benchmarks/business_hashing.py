"""Identifiers of customers into hashed lines, against bare hashlib."""

from __future__ import annotations

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
KINDS = ("email", "phone", "device")


def write(folder: Path, identifiers: int) -> Path:
    """A third of each kind, as people type them, one a line; a tenth is hashed already."""
    chance = random.Random(1)
    folder.mkdir()
    for kind in KINDS:
        with (folder / kind).open("w", encoding="utf-8") as file:
            for number in range(identifiers // len(KINDS)):
                hashed = number % 10 == 5
                value = f"{chance.getrandbits(256):064x}" if hashed else _raw(kind, chance)
                file.write(value + "\n")
    return folder


def _raw(kind: str, chance: random.Random) -> str:
    number = chance.randrange(10**8, 10**9)
    if kind == "email":
        return f" Jane.Doe.{number}@Example{number % 97}.com"
    if kind == "phone":
        return f"+49 (0)1{number % 100} {number}"
    return str(uuid.UUID(int=chance.getrandbits(128))).upper()


def _side(side: str, folder: Path) -> dict[str, float]:
    """One pass in a fresh process: seconds for each identifier, peak bytes, identifiers."""
    done = subprocess.run(
        python("-m", "benchmarks.business_hasher", side, str(folder)),
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
        whole = write(Path(folder) / "whole", count)
        tenth = write(Path(folder) / "tenth", count // 10)

        def ours() -> float:
            done = _side("ours", whole)
            peaks.append(done["peak"])
            return done["each"]

        def bare() -> float:
            return _side("bare", whole)["each"]

        took = contest(ours, bare, rounds)
        small = max(_side("ours", tenth)["peak"] for _ in range(rounds))
    # of speeds, so the other way round than times
    speed = ratio([(plain, mine) for mine, plain in took])
    mine, plain = (min(times) * 1e6 for times in zip(*took, strict=True))
    title = f"hashing {count:,} identifiers"
    return [
        Row(
            title,
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
