"""Research jobs: complete, told in advance, under a shared quota, and not harmed by a kill."""

from __future__ import annotations

from typing import Any

from tests.connector.research.conftest import EVERY, JOBS, Researcher


def test_a_job_reads_every_video_of_a_long_range_once(researcher: Researcher) -> None:
    researcher.fill(230, 20)
    before = researcher.used()["requests"]
    job = researcher.done(researcher.videos(120, name="All of it"))
    made = researcher.used()["requests"] - before
    assert (job["state"], job["complete"], job["name"]) == ("completed", True, "All of it")
    rows = researcher.rows(job["id"], limit=90)
    assert [one["data"]["id"] for one in rows] == researcher.public(120)
    assert job["rows"] == len(rows) > 280
    assert job["requests"] == made == 6
    assert rows[0]["data"]["createTime"] > rows[-1]["data"]["createTime"]
