"""Published clients of TikTok's, run as processes of their own against another address.

They name TikTok's address in many places, so it is changed where they hand it to the HTTP
library. Nothing else of them is touched.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_ELSEWHERE = """
import json, sys, time
import requests

base, key, *rest = sys.argv[1:]
_send = requests.Session.request

def _elsewhere(self, method, url, **more):
    return _send(self, method, url.replace("https://open.tiktokapis.com", base), **more)

requests.Session.request = _elsewhere
"""

PUBLISHING = """
from tiktok_api_client import TikTok

tiktok = TikTok("no-key", "no-secret", "https://app.example.com/")
tiktok.token_data = {"access_token": key}
creator = tiktok.get_creator_info()["data"]
made = tiktok.create_video(
    "FILE_UPLOAD", "POST_VIDEO_FILE", "From elsewhere", "SELF_ONLY", video_path=rest[0]
)
publish_id = made["initial_response"]["data"]["publish_id"]
for _ in range(200):
    state = tiktok.check_upload_status(publish_id)["data"]
    if state["status"] in ("PUBLISH_COMPLETE", "FAILED"):
        break
    time.sleep(0.1)
print(json.dumps({"creator": creator["creator_username"], "id": publish_id, **state}))
"""
"""tiktok-api-client: reads the creator's settings, posts a film, waits for it."""

RESEARCH = """
from tiktok_research_api import *

# it would ask for a token of the app's own: the agent's key stands for it
TikTokResearchAPI.get_client_token = lambda self: key
research = TikTokResearchAPI("no-key", "no-secret", 10)
person = research.query_user_info(QueryUserInfoRequest("maracooks"))
found = []
if person is not None:
    query = Query(and_criteria=[Criteria("EQ", "username", ["maracooks"])])
    asked = QueryVideoRequest(
        query, rest[0], rest[1], max_count=5, fields="id,username,view_count"
    )
    found = research.query_videos(asked, fetch_all_pages=True)[0]
print(json.dumps({"person": person, "videos": found}))
"""
"""TikTokResearchApi, TikTok's own wrapper: looks up a person, and walks through their videos."""


def run(program: str, base: str, key: str, *arguments: str | Path) -> tuple[Any, str]:
    """The program's last output, as JSON, and its standard error."""
    command = [sys.executable, "-c", _ELSEWHERE + program, base, key, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1]), ended.stderr
