"""TikTok's official SDK for TikTok API for Business against the local TikTok."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from stagedoor.cli.demo.consent import answer as answer_form
from stagedoor.platform.products.business import PORTAL_AUTH
from tests.examples.business import ADVERTISER_ID, APP_ID, APP_SECRET
from tests.support import clients, media
from tests.support.local import Local

REDIRECT = "http://127.0.0.1:5000/ads/callback"


def test_the_official_sdk_connects_uploads_and_reports(local: Local, tmp_path: Path) -> None:
    query = {"app_id": APP_ID, "redirect_uri": REDIRECT}
    page = httpx2.URL(f"{local.url}{PORTAL_AUTH.path}", params=query)
    code = parse_qs(urlsplit(answer_form(str(page))).query)["auth_code"][0]
    video, people = tmp_path / "a.mp4", tmp_path / "people.csv"
    video.write_bytes(media.video())
    people.write_text("\n".join(f"{n:064x}" for n in range(1_000)))
    token = str(local.control("POST", "business/tokens", {})["access_token"])
    app = {"app_id": APP_ID, "secret": APP_SECRET}
    reporting = {
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id"],
        "metrics": ["spend"],
        "query_lifetime": True,
        "advertiser_id": ADVERTISER_ID,
    }
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("AuthenticationApi", "oauth2_access_token", {"body": app | {"auth_code": code}}),
        ("AuthenticationApi", "oauth2_advertiser_get", app),
        (
            "FileApi",
            "ad_video_upload",
            {
                "advertiser_id": ADVERTISER_ID,
                "upload_type": "UPLOAD_BY_FILE",
                "video_file": str(video),
                "video_signature": _md5(video),
            },
        ),
        (
            "AudienceApi",
            "dmp_custom_audience_file_upload",
            {
                "advertiser_id": ADVERTISER_ID,
                "calculate_type": "EMAIL_SHA256",
                "file": str(people),
                "file_signature": _md5(people),
            },
        ),
        ("ReportingApi", "report_integrated_get", reporting),
        ("ReportingApi", "report_task_create", {"body": reporting}),
        ("CampaignCreationApi", "campaign_get", {"advertiser_id": "7100000000000009999"}),
    ]
    named: list[dict[str, Any]] = [
        dict(zip(("api", "method", "arguments"), call, strict=True)) for call in calls
    ]
    named[0] |= {"keyless": True}
    asked = {"host": local.url, "key": token, "calls": named}
    connected, accounts, uploaded, file, report, task, refused = clients.business(
        clients.installed("business"), asked
    )
    assert ADVERTISER_ID in connected["data"]["advertiser_ids"]
    assert ADVERTISER_ID in [one["advertiser_id"] for one in accounts["data"]["list"]]
    assert uploaded["data"][0]["file_name"] == "a.mp4"
    assert file["data"]["file_path"]
    assert {tuple(row["metrics"]) for row in report["data"]["list"]} == {("spend",)}
    assert task["data"]["task_id"]
    assert refused["error"].startswith("Error Code: 40001")


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
