"""A post's fate at TikTok is followed, and told."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.publishing import store
from tests.connector.publishing.conftest import PUBLIC, PumpedStudio
from tests.support import media

FAILED = {"fail_reason": "photo_pull_failed"}


def test_photos_that_tiktok_could_not_fetch_are_begun_once_more(pumped: PumpedStudio) -> None:
    pumped.local.control("POST", "next-post", FAILED)
    made = pumped.photo_post([media.photo()])
    post = pumped.run(made["publishId"])
    assert post["state"] == "published"
    first, second = pumped.local.publishes()
    assert {first["status"], second["status"]} == {"FAILED", "PUBLISH_COMPLETE"}
    assert post["tiktokPublishId"] in (first["publish_id"], second["publish_id"])
    assert len(pumped.made()) == 1
    assert pumped.service.api("GET", "/api/notices")["notices"] == []


def test_photos_are_not_begun_a_third_time(pumped: PumpedStudio) -> None:
    """TikTok doesn't reach the service at all."""
    pumped.local.control("PUT", "hosts", {"media.example.com": "http://127.0.0.1:9"})
    post = pumped.run(pumped.photo_post([media.photo()])["publishId"])
    assert (post["state"], post["failure"]["reason"]) == ("failed", "photo_pull_failed")
    pumped.pump(3600)
    assert len(pumped.local.publishes()) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("known", [{"state": "unknown"}, {"public_ids": ["7301"]}])
def test_photos_are_not_begun_again_where_somebody_knows_more(
    pumped: PumpedStudio, known: dict[str, Any]
) -> None:
    pumped.local.control("POST", "next-post", FAILED)
    publish_id = pumped.photo_post([media.photo()])["publishId"]
    pumped.run(publish_id, "processing")
    with pumped.service.services.database.begin() as connection:
        store.change(TenantConnection(connection, "acme"), publish_id, **known)
    post = pumped.run(publish_id, "failed")
    assert post["failure"]["reason"] == "photo_pull_failed"
    assert len(pumped.local.publishes()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_post_that_is_public_no_more_is_told_to_admins(pumped: PumpedStudio) -> None:
    publish_id = pumped.post(privacyLevel=PUBLIC)
    pumped.run(publish_id)
    pumped.pump(120)
    post = pumped.get(publish_id)
    assert post["visibility"] == "public"
    reactions = pumped.service.services.reactions
    for _ in range(2):
        reactions.visible(
            post["tiktokPublishId"], post["publicIds"][0], False, pumped.local.now(), ["acme"]
        )
    assert pumped.get(publish_id)["visibility"] == "removed"
    told = pumped.service.api("GET", "/api/notices")["notices"]
    assert [(one["kind"], one["subject"]) for one in told] == [("post.removed", publish_id)]
