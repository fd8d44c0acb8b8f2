"""Secrets of TikTok API for Business don't stay in log lines."""

from __future__ import annotations

import pytest

from stagedoor.connector.logs import masked

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "line",
    [
        f"GET /open_api/v1.3/user/info/ Access-Token: {TOKEN}",
        f"headers {{'access-token': '{TOKEN}', 'host': 'a'}}",
        f'{{"Access-Token": "{TOKEN}"}}',
        f"GET https://business-api.tiktok.com/x/?app_id=1&secret={TOKEN}",
        f"client_secret={TOKEN}&code=x",
        f"https://app.example.com/?auth_code={TOKEN}&state=x",
    ],
)
def test_a_secret_is_masked(line: str) -> None:
    assert TOKEN not in masked(line)
    assert len(masked(line)) > 10
