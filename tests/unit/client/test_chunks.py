"""Chunk plans: legal for every size and every wish, judged by the rules and by the emulator."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stagedoor import plan_chunks
from stagedoor.client import ChunkPlan
from stagedoor.client.errors import InvalidRequest
from stagedoor.emulator.products.posting.chunks import chunk_problem
from tests.support.facts import chunk_plans

GIB_4 = 4 * 1024**3
LEGAL = [plan for plan in chunk_plans() if "rule" not in plan]

sizes = st.integers(1, GIB_4) | st.sampled_from(
    [
        n + off
        for n in (5_000_000, 5_242_880, 10_485_760, 64_000_000, 67_108_864, 128_000_000, GIB_4)
        for off in (-1, 0, 1)
        if n + off <= GIB_4
    ]
)
wishes = st.integers(-(2**40), 2**40) | st.integers(1, 70_000_000)


@given(size=sizes, wish=wishes)
@example(size=1, wish=1)
@example(size=GIB_4, wish=1)
@example(size=64_000_001, wish=64_000_000)
@example(size=127_999_999, wish=64_000_000)
def test_every_plan_keeps_tiktoks_rules(size: int, wish: int) -> None:
    plan = plan_chunks(size, wish)
    last = size - (plan.count - 1) * plan.chunk_size
    assert plan.count == size // plan.chunk_size
    assert 1 <= plan.count <= 1_000
    assert plan.chunk_size <= last < 2 * plan.chunk_size
    assert last <= 128_000_000
    if size < 5_242_880:
        assert plan.chunk_size == size
    else:
        assert 5_242_880 <= plan.chunk_size <= 64_000_000
    if plan.count == 1:
        assert plan.chunk_size == size
    if size > 64_000_000:
        assert plan.count >= 2
    assert chunk_problem(plan.size, plan.chunk_size, plan.count) is None


@given(size=sizes, wish=wishes)
def test_the_chunks_cover_the_file_once_and_in_order(size: int, wish: int) -> None:
    plan = plan_chunks(size, wish)
    at = 0
    for offset, length in plan.ranges():
        assert offset == at
        assert length > 0
        at += length
    assert at == size


@given(size=sizes, wish=wishes, index=st.integers(0, 999), inside=st.integers(1, 2**30))
def test_only_where_a_chunk_starts_can_an_upload_go_on(
    size: int, wish: int, index: int, inside: int
) -> None:
    plan = plan_chunks(size, wish)
    offset, length = plan.at(index % plan.count)
    assert plan.index_of(offset) == index % plan.count
    assert plan.index_of(size) == plan.count
    assert plan.index_of(size + 1) is None
    if length > 1:
        assert plan.index_of(offset + 1 + inside % (length - 1)) is None


@pytest.mark.parametrize("vector", LEGAL, ids=lambda plan: plan["about"])
def test_published_plans_put_the_published_ranges_on_the_wire(vector: dict[str, Any]) -> None:
    plan = ChunkPlan(vector["video_size"], vector["chunk_size"], vector["total_chunk_count"])
    spans = [
        f"bytes {offset}-{offset + length - 1}/{plan.size}" for offset, length in plan.ranges()
    ]
    assert (spans[0], spans[-1]) == (vector["first"], vector["last"])


@pytest.mark.parametrize(
    ("size", "wish", "chunk", "count"),
    [
        (3_145_728, 64_000_000, 3_145_728, 1),
        (64_000_000, 64_000_000, 64_000_000, 1),
        (64_000_001, 64_000_000, 32_000_000, 2),
        (66_259_900, 64_000_000, 33_129_950, 2),
        (70_000_000, 10_485_760, 10_485_760, 6),
        (158_008_374, 5_242_880, 5_242_880, 30),
        (GIB_4, 64_000_000, 64_000_000, 67),
    ],
)
def test_plans_for_the_published_sizes(size: int, wish: int, chunk: int, count: int) -> None:
    assert plan_chunks(size, wish) == ChunkPlan(size, chunk, count)


@pytest.mark.parametrize("size", [0, -1, GIB_4 + 1])
def test_a_size_that_tiktok_does_not_take_is_refused_before_anything_is_sent(size: int) -> None:
    with pytest.raises(InvalidRequest, match=f"has {size} bytes"):
        plan_chunks(size)
