"""TikTok's operations that callers may use as they are."""

from __future__ import annotations

from stagedoor.connector.publishing import operations
from stagedoor.platform.products import display, embed
from tests.connector.publishing.conftest import CALL, PumpedStudio
from tests.support import media


def test_reads_by_post_and_by_get(pumped: PumpedStudio) -> None:
    settings = pumped.call("creator-info")
    assert settings["creatorUsername"] == "maracooks"
    read = pumped.service.api("GET", f"{CALL}/creator-info")
    assert read["privacyLevelOptions"] == settings["privacyLevelOptions"]
    user = pumped.call("user-info", {"fields": ["open_id", "display_name"]}, role="viewer")
    assert set(user["user"]) >= {"openId", "displayName"}
    page = pumped.call("list-videos", {"maxCount": 2, "fields": ["id", "title"]})
    assert len(page["videos"]) == 2
    assert isinstance(page["videos"][0]["id"], str)
    # no links: they are signed for the second in which they are given
    asked = {
        "filters": {"videoIds": [page["videos"][0]["id"]]},
        "fields": ["id", "title", "create_time"],
    }
    found = pumped.call("query-videos", asked)
    assert found["videos"][0]["id"] == page["videos"][0]["id"]
    by_get = pumped.service.api(
        "GET",
        f"{CALL}/query-videos",
        **{"filters.videoIds": page["videos"][0]["id"], "fields": "id,title,create_time"},
    )
    assert by_get == found
    listed = pumped.service.api("GET", f"{CALL}/list-videos", maxCount="2", fields="id,title")
    assert listed == page


def test_a_wrong_field_is_named(pumped: PumpedStudio) -> None:
    status, error = pumped.refused("list-videos", {"maxCount": 99})
    assert status == 400
    assert error["message"].startswith("maxCount")
    answer = pumped.service.send("GET", f"{CALL}/list-videos?maxCount=many")
    assert answer.status_code == 400
    assert pumped.refused("list-videos", {"nope": 1})[0] == 400


def test_tiktoks_errors_keep_code_and_log_id(pumped: PumpedStudio) -> None:
    pumped.local.fault("display.video_list", "status", status=400, code="invalid_params")
    status, error = pumped.refused("list-videos")
    assert (status, error["code"]) == (400, "invalid_params")
    assert error["logId"]
    pumped.local.fault("posting.creator_info", "cut", times=5)
    status, error = pumped.refused("creator-info")
    assert (status, error["code"], error["retryable"]) == (502, "tiktok_unreachable", True)


def test_an_organisation_may_do_what_its_own_consent_says(pumped: PumpedStudio) -> None:
    pumped.service.connect(org="beta", scopes=["user.info.basic"])
    assert pumped.refused("list-videos", org="beta")[0] == 403
    status, error = pumped.refused("user-info", {"fields": ["follower_count"]}, org="beta")
    assert (status, error["code"]) == (403, "scope_missing")
    assert pumped.call("user-info", org="beta")["user"]["openId"]


def test_each_is_a_path_with_a_typed_schema(pumped: PumpedStudio) -> None:
    described = pumped.service.http.get("/openapi.json").json()
    for operation in operations.served():
        path = described["paths"][f"{CALL}/{operation.public_name}"]
        assert set(path) == {"get", "post"}
        body = path["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert "Body" in str(body)
        answer = path["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer["$ref"]
    schemas = described["components"]["schemas"]
    assert "creatorUsername" in schemas["CreatorInfo"]["properties"]
    assert "integrationId" in schemas["VideoListQueryBody"]["properties"]
    for name in ("init-video-upload", "publish-video", "publish-photos", "cancel-post"):
        assert "post" in described["paths"][f"{CALL}/{name}"]
    assert f"{CALL}/video-init" not in described["paths"]


def test_the_limit_of_creator_info_is_told_not_waited_for(pumped: PumpedStudio) -> None:
    for _ in range(20):
        pumped.call("creator-info")
    status, error = pumped.refused("creator-info")
    assert (status, error["code"]) == (429, "rate_limited")
    assert 50 < error["retryAfter"] <= 61
    pumped.advance(62)
    assert pumped.call("creator-info")


def test_null_is_absent_for_a_field_that_takes_no_null(pumped: PumpedStudio) -> None:
    photos = [media.photo(), media.photo()]
    post = pumped.photo_post(photos, title=None, caption=None, disableComment=None)
    assert pumped.get(post["publishId"])["state"] not in ("failed", "cancelled")
    status, error = pumped.refused("publish-photos", {"uploads": None, "privacyLevel": "SELF_ONLY"})
    assert (status, error["code"]) == (400, "invalid_request")


def test_an_operation_that_no_account_makes_asks_for_none(pumped: PumpedStudio) -> None:
    operation = embed.OEMBED_PROFILE
    assert "integration_id" not in operations._body(operation).model_fields
    assert "integration_id" in operations._body(display.VIDEO_LIST).model_fields
    body = operations._body(operation)(url="https://www.tiktok.com/@maracooks")
    # nobody is connected there, so nothing could be chosen
    found = pumped.service.services.operation_calls.call("gamma", operation, body)
    assert found["authorUrl"].endswith("/@maracooks")
