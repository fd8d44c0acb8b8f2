"""The kinds of data of research jobs."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep


def kinds() -> tuple[DataKind, ...]:
    return (
        DataKind(
            name="researchRows",
            words="Rows of research jobs, from their job's end on, unless it says otherwise "
            "(keepDays)",
            after_removal="They belong to no account, and stay.",
            keep=Keep(30),
            note="Rows are compressed and aren't searched: DELETE /api/research/jobs/<id> deletes "
            "those of a job.",
        ),
    )
