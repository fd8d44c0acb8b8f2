"""A large archive read as typed records, against a bare streaming decode of the same file."""

from __future__ import annotations

import json
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from stagedoor.platform.products.portability.archive import JSON_NAME, POSTS, WATCHED, Section

from .contest import contest, ratio, typical
from .process import ENVIRONMENT, ROOT, python
from .row import Benchmark, Length, Row

SPEED = 2.0
MEMORY = 100
MIB = 1 << 20
GIB = 1 << 30
_BATCH = 2_000

SHAPES: dict[str, Section] = {"posts": POSTS, "watch history": WATCHED}
"""Long records and short ones: the two lists that make archives large."""


def _post(number: int) -> str:
    return (
        f'{{"Date":"{_date(number)}","Link":"{_link(number)}","Likes":"{number * 31 % 9973}",'
        '"WhoCanView":"Public","AllowComments":"Yes","AllowStitches":"Yes","AllowDuets":"No",'
        '"AllowStickers":"Yes","AllowSharingToStory":"Yes","ContentDisclosure":"No",'
        f'"AIGeneratedContent":"No","Sound":"original sound - {number % 89}","Location":"",'
        f'"Title":"Ofen und Käse, Teil {number}: \\"Brot\\" 🍞 #baking #teil{number % 53}"}}'
    )


def _watch(number: int) -> str:
    return f'{{"Date":"{_date(number)}","Link":"{_link(number)}"}}'


def _date(number: int) -> str:
    minutes, seconds = divmod(number * 37, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    months, days = divmod(days, 28)
    return (
        f"{2000 + months // 12}-{months % 12 + 1:02}-{days + 1:02} "
        f"{hours:02}:{minutes:02}:{seconds:02}"
    )


def _link(number: int) -> str:
    return f"https://www.tiktokv.com/share/video/{7_100_000_000_000_000_000 + number * 1_000_003}/"


def _json(section: Section, size: int) -> Iterator[str]:
    """One list of about `size` bytes, at its place."""
    make = _post if section is POSTS else _watch
    top, middle, last = section.path
    before = f'{{"{top}":{{"{middle}":{{"{last}":['
    number = 0
    while size > 0:
        rows = ",".join(map(make, range(number, number + _BATCH)))
        yield before + rows
        number, before = number + _BATCH, ","
        size -= len(rows)
    yield "]}}}"


def write(file: Path, section: Section, size: int) -> int:
    """An archive of about `size` bytes of JSON; gives their exact number."""
    written = 0
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open(JSON_NAME, "w", force_zip64=True) as member,
    ):
        for text in _json(section, size):
            written += member.write(text.encode())
    return written


def _side(side: str, name: str, file: Path) -> dict[str, float]:
    """One reading in a fresh process: seconds, peak bytes, records."""
    done = subprocess.run(
        python("-m", "benchmarks.archive_reader", side, name, str(file)),
        cwd=ROOT,
        env=ENVIRONMENT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run(length: Length) -> list[Row]:
    size, rounds = (96 * MIB, 3) if length is Length.SHORT else (GIB, 3)
    return [row for name in SHAPES for row in _rows(name, size, rounds)]


def _rows(name: str, size: int, rounds: int) -> list[Row]:
    peaks: list[float] = []
    records: list[float] = []
    with tempfile.TemporaryDirectory(prefix="stagedoor-archive-") as folder:
        file = Path(folder) / "data.zip"
        written = write(file, SHAPES[name], size)

        def ours() -> float:
            read = _side("typed", name, file)
            peaks.append(read["peak"])
            records.append(read["records"])
            return read["seconds"]

        def bare() -> float:
            read = _side("bare", name, file)
            records.append(read["records"])
            return read["seconds"]

        took = contest(ours, bare, rounds)
    assert len(set(records)) == 1, f"the sides read different numbers of records: {records}"
    typed, plain = typical(took)
    title = f"archive, {written / MIB:,.0f} MiB of {name}"
    return [
        Row(
            f"{title}: as typed records",
            ratio(took),
            SPEED,
            f"{records[0]:,.0f} records in {typed:.2f} s ({written / MIB / typed:,.0f} MiB/s), "
            f"bare decode {plain:.2f} s",
        ),
        Row(
            f"{title}: memory",
            max(peaks) / 1e6,
            MEMORY,
            "the most that the reading process ever held",
            unit="MB",
        ),
    ]


BENCHMARK = Benchmark("archive", run)
