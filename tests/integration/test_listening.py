"""Hearing of every answer: for logs and counters, and for TikTok's support."""

from __future__ import annotations

import pytest

from stagedoor import Answered
from stagedoor.errors import BadRequest
from tests.support.local import Local


def test_each_answer_is_told_with_its_log_id(local: Local) -> None:
    heard: list[Answered] = []
    with local.client() as tiktok:
        listening = tiktok.with_listener(heard.append)
        listening.user.info()
        local.fault("display.video_list", "status", status=500, code="internal_error")
        listening.videos.list()
        local.fault("display.video_list", "status", status=400, code="invalid_params")
        with pytest.raises(BadRequest) as refused:
            listening.videos.list()
        tiktok.user.info()
    assert [(one.operation, one.http_status) for one in heard] == [
        ("display.user_info", 200),
        ("display.video_list", 500),
        ("display.video_list", 200),
        ("display.video_list", 400),
    ]
    assert all(len(one.log_id) > 16 for one in heard)
    assert heard[-1].log_id == refused.value.log_id
    assert b'"open_id"' in heard[0].body
    # what may be a token's stays out of logs
    assert "open_id" not in repr(heard[0])
