"""A test of every value names each that fails, however it fails."""

from __future__ import annotations

import pytest

from tests.support.every import every


def test_each_failure_is_named_and_none_hides_the_values_after_it() -> None:
    seen = []

    @every("value", ["fine", "wrong", "not raised", "skipped", "last"], ids=str)
    def judged(value: str) -> None:
        seen.append(value)
        assert value != "wrong"
        if value == "not raised":
            with pytest.raises(ValueError, match="x"):
                pass
        if value == "skipped":
            pytest.skip("hides the rest")

    with pytest.raises(AssertionError, match="3 of 5 failed") as failed:
        judged()
    assert [line.partition(":")[0] for line in str(failed.value).splitlines()[1:]] == [
        "wrong",
        "not raised",
        "skipped",
    ]
    assert seen[-1] == "last"
