"""Chunk plans, judged by the published vectors and by what the rules imply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.emulator.products.posting.chunks import chunk_problem
from stagedoor.emulator.world.settings import SingleChunk
from stagedoor.platform.media import (
    BAD_CHUNK_COUNT,
    BAD_CHUNK_SIZE,
    MAX_CHUNK,
    MAX_CHUNKS,
    MAX_FILE,
    MAX_LAST_CHUNK,
    MIN_CHUNK,
)

_VECTORS = Path(__file__).parents[2] / "support" / "vectors.yaml"
PLANS: list[dict[str, Any]] = yaml.safe_load(_VECTORS.read_text())["chunk_plans"]


@pytest.mark.parametrize("plan", PLANS, ids=[plan["about"] for plan in PLANS])
def test_published_plans_are_judged_as_tiktok_judges_them(plan: dict[str, Any]) -> None:
    found = chunk_problem(plan["video_size"], plan["chunk_size"], plan["total_chunk_count"])
    assert found == plan.get("text")


@pytest.mark.parametrize(
    ("size", "chunk", "count", "text"),
    [
        (0, 1, 1, "The video size is invalid"),
        (-5, 5_000_000, 1, "The video size is invalid"),
        (MAX_FILE + 1, 64_000_000, 67, "The video size is invalid"),
        (4_000_000, 5_000_000, 1, BAD_CHUNK_SIZE),
        (4_000_000, 2_000_000, 2, BAD_CHUNK_SIZE),
        (20_000_000, 4_999_999, 4, BAD_CHUNK_SIZE),
        (20_000_000, 10_000_000, 1, BAD_CHUNK_SIZE),
        (20_000_000, 0, 1, BAD_CHUNK_SIZE),
        (20_000_000, 10_000_000, 0, BAD_CHUNK_COUNT),
        (20_000_000, 10_000_000, 3, BAD_CHUNK_COUNT),
        (20_000_000, 10_000_000, 1_001, BAD_CHUNK_COUNT),
        (MAX_CHUNK + 1, MAX_CHUNK + 1, 1, BAD_CHUNK_SIZE),
    ],
)
def test_a_broken_plan_is_refused_by_what_breaks_it(
    size: int, chunk: int, count: int, text: str
) -> None:
    assert chunk_problem(size, chunk, count) == text


def test_the_older_rule_takes_a_single_chunk_smaller_than_its_file() -> None:
    assert chunk_problem(84_000_000, 64_000_000, 1) == BAD_CHUNK_SIZE
    assert chunk_problem(84_000_000, 64_000_000, 1, SingleChunk.LEGACY) is None


@given(
    size=st.integers(1, MAX_FILE),
    chunk=st.integers(1, MAX_LAST_CHUNK),
    off=st.integers(-1, 1),
)
def test_every_accepted_plan_can_be_sent(size: int, chunk: int, off: int) -> None:
    count = size // chunk + off
    if chunk_problem(size, chunk, count) is not None:
        return
    last = size - chunk * (count - 1)
    assert 1 <= count <= MAX_CHUNKS
    assert chunk <= last < 2 * chunk
    assert last <= MAX_LAST_CHUNK
    assert size < MIN_CHUNK or MIN_CHUNK <= chunk <= MAX_CHUNK
    assert count > 1 or chunk == size


@given(size=st.integers(MIN_CHUNK, MAX_FILE))
def test_an_even_split_is_always_accepted(size: int) -> None:
    count = -(-size // 64_000_000)
    assert chunk_problem(size, size // count, count) is None
