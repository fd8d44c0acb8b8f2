"""Copies of a person's data."""

from __future__ import annotations

from stagedoor.platform.products import portability

from ..factory import whole
from ..tool import Tool


def tools() -> tuple[Tool, ...]:
    return (
        whole(
            portability.DATA_ADD,
            name="request_data_copy",
            title="Ask for a copy of the person's data",
            description="Ask TikTok to collect the person's data. It takes hours to days; "
            "check_data_copy tells. A single-use permission is spent by it.",
            hide=("fields",),
        ),
        whole(
            portability.DATA_CHECK,
            name="check_data_copy",
            title="Follow a copy of the person's data",
            description="How far a copy of the person's data is. A finished one can be downloaded "
            "for four days, by a person and not by an agent.",
            hide=("fields",),
        ),
    )
