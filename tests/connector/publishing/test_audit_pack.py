"""The evidence about a post that TikTok's audit of an app asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stagedoor.connector.publishing.audit_pack import findings
from stagedoor.connector.publishing.journal import PostStep
from stagedoor.platform.products.posting.guidelines import CONSENT, CONSENT_BRANDED
from tests.connector.publishing.conftest import PUBLIC, PumpedStudio

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

AGREED = {"acceptedAt": "2026-11-30T10:00:00+01:00", "by": "mia", "previewShown": True}


def results(pack: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["result"] for one in pack["checklist"]}


def test_a_pack_holds_what_the_guidelines_ask_for(pumped: PumpedStudio) -> None:
    publish_id = pumped.draft(
        disableComment=True,
        disableDuet=True,
        disableStitch=False,
        brandContent=True,
        consent=AGREED | {"text": CONSENT_BRANDED},
        title="<script>alert(1)</script>",
    )
    path = f"/api/posts/{publish_id}/audit-pack"
    early = results(pumped.service.api("GET", path, role="viewer"))
    assert (early["ux01"], early["ux16"]) == ("missing", "recorded")
    pumped.call("publish-video", {"publishId": publish_id})
    assert pumped.run(publish_id)["state"] == "published"
    pack = pumped.service.api("GET", path, role="viewer")
    [asked] = pumped.local.calls("posting.creator_info")[-1:]
    [read] = pack["creatorInfo"]
    assert (read["logId"], read["nickname"]) == (asked["log_id"], "Mara Cooks")
    assert PUBLIC in read["privacyLevels"]
    assert pack["disclosureLabel"] == "Paid partnership"
    assert pack["post"]["consent"]["by"] == "mia"
    assert {step["step"] for step in pack["post"]["history"]} >= {"settings", "init", "upload"}
    found = results(pack)
    assert [found.pop("ux10"), found.pop("ux23")] == ["notApplicable"] * 2, "photos, and drafts"
    assert set(found.values()) == {"recorded", "interface"}

    page = pumped.service.send("GET", path, format="html")
    assert page.headers["content-type"].startswith("text/html")
    assert read["logId"] in page.text
    assert "<script>" not in page.text
    assert pumped.service.send("GET", path, org="other").status_code == 404


def test_what_is_lacking_or_against_the_rules_is_named(pumped: PumpedStudio) -> None:
    begun = pumped.call(
        "init-video-upload",
        {
            "privacyLevel": "SELF_ONLY",
            "brandContent": True,
            "videoUrl": "https://cdn.example.com/film.mp4?signature=secret",
        },
    )
    assert "private branded content" in str(begun["post"]["warnings"])
    path = f"/api/posts/{begun['publishId']}/audit-pack"
    pack = pumped.service.api("GET", path)
    found = results(pack)
    assert (found["ux15"], found["ux16"], found["ux08"]) == ("violated", "missing", "missing")
    assert (found["ux03"], found["ux06"], found["ux09"]) == ("missing",) * 3
    for answer in (
        pumped.service.send("GET", path),
        pumped.service.send("GET", path, format="html"),
    ):
        assert "film.mp4" in answer.text
        assert "signature" not in answer.text


def test_a_draft_in_the_inbox_has_requirements_of_its_own(pumped: PumpedStudio) -> None:
    publish_id = pumped.post(mode="draft")
    pumped.run(publish_id, "inInbox")
    pack = pumped.service.api("GET", f"/api/posts/{publish_id}/audit-pack")
    found = results(pack)
    assert (found["ux04"], found["ux14"], found["ux23"]) == (
        "interface",
        "notApplicable",
        "interface",
    )
    [length] = [one["evidence"] for one in pack["checklist"] if one["id"] == "ux04"]
    assert "None" not in length
    # ux12 holds ux13
    assert found.keys() == {f"ux{number:02}" for number in range(1, 27)} - {"ux13"}


def test_what_a_reading_lacks_is_no_evidence(pumped: PumpedStudio) -> None:
    record = pumped.service.services.posts.get("acme", pumped.draft())
    checked = PostStep("k1", "check", 1, 1.0, 2.0, "ok", None, {"media": [{"seconds": 5.0}]})
    read = {"privacyLevels": [PUBLIC], "commentDisabled": False, "maxSeconds": 60}
    read |= {"duetDisabled": False, "stitchDisabled": False}

    def judged(**lacking: None) -> dict[str, str]:
        step = PostStep("k2", "settings", 1, 1.0, 2.0, "ok", "log1", read | lacking)
        found = findings(replace(record, steps=[checked, step]))
        return {one.id: one.result.value for one in found}

    assert {judged()[one] for one in ("ux03", "ux04", "ux09")} == {"recorded"}
    assert judged(maxSeconds=None)["ux04"] == "missing"
    assert judged(duetDisabled=None)["ux09"] == "missing"


def test_consent_has_tiktoks_wording_and_follows_the_disclosure(pumped: PumpedStudio) -> None:
    wrong = {"privacyLevel": PUBLIC, "consent": AGREED | {"text": "I agree"}}
    status, error = pumped.refused("init-video-upload", wrong)
    assert status == 400
    assert error["detail"]["problems"][0]["path"] == "consent.text"
    assert CONSENT in error["message"]
    publish_id = pumped.draft(consent=AGREED | {"text": CONSENT})
    path = f"/api/posts/{publish_id}"
    assert pumped.service.send("PATCH", path, {"brandContent": True}).status_code == 400
    changed = {"brandContent": True, "consent": AGREED | {"text": CONSENT_BRANDED}}
    assert pumped.service.api("PATCH", path, changed)["consent"]["text"] == CONSENT_BRANDED
    assert pumped.service.api("PATCH", path, {"consent": None})["consent"] is None
