"""Custom audiences: files, matching on the clock, uses, lookalikes, rules, sharing, streaming."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx2
import pytest

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads
from stagedoor.platform.products import business_audiences as audiences
from tests.examples.business import ADVERTISER_ID, OTHER_ADVERTISER_ID
from tests.examples.business_audiences import FILE, LOOKALIKE, STREAMED, SUBSCRIBERS, VISITORS

from ..conftest import TikTok

Op = Operation[..., Any]
NOT_EDITABLE = "Audience is not editable, please check audience status"


class Advertiser:
    """Calls with the token of the first ad account; the clock stands still."""

    def __init__(self, tiktok: TikTok) -> None:
        tiktok.control("POST", "clock", {"freeze": True})
        tiktok.settings(rate_limits=False)
        self.tiktok = tiktok
        self.account = ADVERTISER_ID
        self.header = tiktok.access_token()

    def call(self, operation: Op, **given: Any) -> Any:
        """The whole answer."""
        body = {"advertiser_id": self.account} | given
        http: httpx2.Client = self.tiktok.http
        if operation.method == "GET":
            texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}
            return http.get(operation.path, params=texts, headers=self.header).json()
        return http.post(operation.path, json=body, headers=self.header).json()

    def do(self, operation: Op, **given: Any) -> Any:
        """The data of a call that works."""
        answer = self.call(operation, **given)
        assert answer["code"] == 0, answer
        return answer["data"]

    def upload(self, data: bytes, kind: str = "EMAIL_SHA256", **more: str) -> Any:
        name = more.pop("name", "people.csv")
        form = {
            "advertiser_id": self.account,
            "file_signature": hashlib.md5(data).hexdigest(),
            "calculate_type": kind,
        }
        return self.tiktok.http.post(
            audiences.AUDIENCE_FILE_UPLOAD.path,
            data=form | more,
            files={"file": (name, data, "text/csv")},
            headers=self.header,
        ).json()

    def file(self, people: range, kind: str = "EMAIL_SHA256") -> str:
        path: str = self.upload(lines(people), kind)["data"]["file_path"]
        return path

    def audience(self, people: range, **more: Any) -> str:
        """The id of a matched audience."""
        made = self.do(
            audiences.AUDIENCE_CREATE,
            custom_audience_name="People",
            file_paths=[self.file(people)],
            calculate_type="EMAIL_SHA256",
            **more,
        )
        self.tiktok.advance(6)
        return str(made["custom_audience_id"])

    def details(self, audience_id: str, **more: Any) -> Any:
        [found] = self.do(audiences.AUDIENCE_GET, custom_audience_ids=[audience_id], **more)["list"]
        return found["audience_details"]

    def listed(self) -> list[str]:
        found = self.do(audiences.AUDIENCE_LIST, page_size=100)["list"]
        return [one["audience_id"] for one in found]


def hashed(number: int) -> str:
    return hashlib.sha256(f"{number}@example.com".encode()).hexdigest()


def lines(people: range) -> bytes:
    return "".join(f"{hashed(one)}\n" for one in people).encode()


@pytest.fixture
def mara(tiktok: TikTok) -> Advertiser:
    return Advertiser(tiktok)


@pytest.mark.shows("business.audience_file_upload")
@pytest.mark.shows("business.audience_create")
def test_an_uploaded_file_becomes_an_audience_when_it_is_matched(mara: Advertiser) -> None:
    path = mara.file(range(1_200))
    made = mara.do(
        audiences.AUDIENCE_CREATE,
        custom_audience_name="Buyers",
        file_paths=[path],
        calculate_type="EMAIL_SHA256",
    )
    found = mara.details(made["custom_audience_id"])
    assert (found["is_valid"], found["cover_num"], found["msg"]) == (False, 0, "Processing")
    assert found["audience_type"] == "Customer File Audience"
    assert mara.listed()[0] == made["custom_audience_id"]
    mara.tiktok.advance(6)
    found = mara.details(made["custom_audience_id"])
    assert (found["is_valid"], found["cover_num"]) == (True, 1_200)
    assert (found["name"], found["calculate_type"]) == ("Buyers", "EMAIL_SHA256")
    assert found["lookalike_spec"] is None


@pytest.mark.parametrize(
    ("data", "changed", "code"),
    [
        (b"x\n", {"file_signature": "0" * 32}, 40900),
        (b"x\n", {"calculate_type": "FIRST_NORMAL"}, 40909),
        (b"x\n", {"name": "people.xlsx"}, 40908),
        (b"x\n", {"file_name": "people.CSV"}, 40908),
        (b" \n", {}, 40906),
    ],
)
def test_a_wrong_file_is_refused(
    mara: Advertiser, data: bytes, changed: dict[str, str], code: int
) -> None:
    assert mara.upload(data, **changed)["code"] == code


def test_a_file_of_several_megabytes_is_taken(mara: Advertiser) -> None:
    audience = mara.audience(range(40_000))
    assert mara.details(audience)["cover_num"] == 40_000


def test_a_file_belongs_to_its_account_and_type_and_expires(mara: Advertiser) -> None:
    path, other = mara.file(range(3)), Advertiser(mara.tiktok)
    other.account = OTHER_ADVERTISER_ID
    new = {"custom_audience_name": "x", "file_paths": [path], "calculate_type": "EMAIL_SHA256"}
    assert other.call(audiences.AUDIENCE_CREATE, **new)["code"] == 40002
    wrong = new | {"calculate_type": "PHONE_SHA256"}
    assert mara.call(audiences.AUDIENCE_CREATE, **wrong)["code"] == 40002
    missing = new | {"file_paths": ["none"]}
    assert mara.call(audiences.AUDIENCE_CREATE, **missing)["code"] == 40905
    mara.tiktok.advance(8 * 86_400)
    assert mara.call(audiences.AUDIENCE_CREATE, **new)["code"] == 40910


def test_too_few_people_make_an_audience_that_can_not_be_used(mara: Advertiser) -> None:
    audience = mara.audience(range(999))
    found = mara.details(audience)
    assert (found["is_valid"], found["cover_num"]) == (False, 0)
    assert "1000" in found["error_msg"]
    refused = mara.call(
        audiences.AUDIENCE_UPDATE,
        custom_audience_id=audience,
        file_paths=[mara.file(range(2_000))],
        action="APPEND",
    )
    assert (refused["code"], refused["message"]) == (40002, NOT_EDITABLE)


def test_rows_that_are_no_hashes_are_told_after_matching(mara: Advertiser) -> None:
    def made(data: bytes, kind: str) -> Any:
        path = mara.upload(data, kind)["data"]["file_path"]
        audience = mara.do(
            audiences.AUDIENCE_CREATE,
            custom_audience_name="x",
            file_paths=[path],
            calculate_type=kind,
        )["custom_audience_id"]
        mara.tiktok.advance(6)
        [found] = mara.do(audiences.AUDIENCE_GET, custom_audience_ids=[audience])["list"]
        return found

    some = made(lines(range(1_000)) + b"jane@example.com\n", "EMAIL_SHA256")
    assert some["audience_details"]["is_valid"]
    assert some["audience_history"][0]["msg"] == "1 rows could not be parsed."
    none = made(b"jane@example.com\n", "EMAIL_SHA256")
    assert "could not be parsed" in none["audience_details"]["error_msg"]
    rows = "".join(f"{hashed(n)},{hashed(-n)}\r\n" for n in range(1_000))
    several = made(f"EMAIL_sha256,phone_SHA256\r\n{rows}".encode(), "MULTIPLE_TYPES")
    assert several["audience_details"]["cover_num"] == 1_000


@pytest.mark.shows("business.audience_update")
def test_people_are_added_taken_out_and_replaced(mara: Advertiser) -> None:
    audience = mara.audience(range(2_000))

    def changed(people: range, **more: str) -> int:
        path = mara.file(people)
        mara.do(audiences.AUDIENCE_UPDATE, custom_audience_id=audience, file_paths=[path], **more)
        again = mara.call(
            audiences.AUDIENCE_UPDATE, custom_audience_id=audience, file_paths=[path], **more
        )
        assert (again["code"], again["message"]) == (40002, NOT_EDITABLE), "it is being matched"
        mara.tiktok.advance(6)
        count: int = mara.details(audience)["cover_num"]
        return count

    assert changed(range(1_000, 3_000), action="APPEND") == 3_000
    assert changed(range(500), action="REMOVE") == 2_500
    assert changed(range(1_500)) == 1_500, "without an action, TikTok replaces"
    assert changed(range(900), action="REMOVE") == 1_500, "fewer than 1,000 would be left"
    [found] = mara.do(audiences.AUDIENCE_GET, custom_audience_ids=[audience])["list"]
    assert found["audience_history"][0]["msg"].startswith("Failed")
    assert [row["action"] for row in found["audience_history"]][:3] == [
        "remove",
        "replace",
        "remove",
    ]
    mara.do(audiences.AUDIENCE_UPDATE, custom_audience_id=audience, custom_audience_name="Renamed")
    assert mara.details(audience)["name"] == "Renamed"


def test_an_audience_expires_a_year_after_its_last_use_or_by_its_own_life(mara: Advertiser) -> None:
    short = mara.audience(range(1_000), retention_in_days=30)
    long = mara.audience(range(1_000))
    assert mara.details(short)["is_expiring"]
    mara.tiktok.advance(31 * 86_400)
    assert not mara.details(short)["is_valid"]
    assert mara.details(short)["msg"] == "Expired"
    mara.tiktok.advance(280 * 86_400)
    assert (mara.details(long)["is_valid"], mara.details(long)["is_expiring"]) == (True, True)
    mara.tiktok.advance(60 * 86_400)
    assert not mara.details(long)["is_valid"]


def group_of(mara: Advertiser, group_id: str) -> Any:
    [found] = mara.do(business_ads.ADGROUP_GET, filtering={"adgroup_ids": [group_id]})["list"]
    return found


@pytest.mark.shows("business.audience_apply")
def test_an_applied_audience_is_in_the_ad_group_and_in_the_log(mara: Advertiser) -> None:
    group = next(iter(mara.tiktok.world.all.ad_groups.values())).id
    use = {"custom_audience_id": SUBSCRIBERS, "adgroup_ids": [group]}
    refused = mara.call(audiences.AUDIENCE_APPLY, **use, action_mode="Apply")
    assert refused["code"] == 40002
    assert "usage_mode" in refused["message"]
    mara.do(audiences.AUDIENCE_APPLY, **use, action_mode="Apply", usage_mode="Include")
    assert group_of(mara, group)["audience_ids"] == [SUBSCRIBERS]
    mara.do(audiences.AUDIENCE_APPLY, **use, action_mode="Apply", usage_mode="Exclude")
    found = group_of(mara, group)
    assert (found["audience_ids"], found["excluded_audience_ids"]) == ([], [SUBSCRIBERS])
    mara.do(audiences.AUDIENCE_APPLY, **use, action_mode="Disconnect")
    assert group_of(mara, group)["excluded_audience_ids"] == []
    log = mara.do(
        audiences.AUDIENCE_APPLY_LOG, custom_audience_ids=[SUBSCRIBERS], timezone="Asia/Tokyo"
    )
    assert [row["usage_mode"] for row in log["list"]] == ["Exclude", "Exclude", "Include"]
    assert {row["adgroup_id"] for row in log["list"]} == {group}
    assert log["page_info"]["total_number"] == 3
    bad = mara.call(audiences.AUDIENCE_APPLY_LOG, custom_audience_ids=[VISITORS], timezone="Mars")
    assert bad["code"] == 40002


def test_an_audience_is_applied_to_its_own_account_s_ad_groups_alone(mara: Advertiser) -> None:
    group = next(iter(mara.tiktok.world.all.ad_groups.values())).id
    other = Advertiser(mara.tiktok)
    other.account = OTHER_ADVERTISER_ID
    use = {"adgroup_ids": [group], "action_mode": "Apply", "usage_mode": "Include"}
    theirs = other.audience(range(1_000))
    assert other.call(audiences.AUDIENCE_APPLY, custom_audience_id=theirs, **use)["code"] == 40002
    assert mara.call(audiences.AUDIENCE_APPLY, custom_audience_id=theirs, **use)["code"] == 40001
    assert mara.call(audiences.AUDIENCE_APPLY, custom_audience_id="1", **use)["code"] == 40007
    small = mara.audience(range(10))
    assert mara.call(audiences.AUDIENCE_APPLY, custom_audience_id=small, **use)["code"] == 40002
    for audience, code in ((theirs, 40001), ("1", 40007), (small, 40002)):
        change = {"adgroup_id": group, "excluded_audience_ids": [audience]}
        assert mara.call(business_ads.ADGROUP_UPDATE, **change)["code"] == code
    assert not group_of(mara, group)["audience_ids"]


@pytest.mark.shows("business.audience_delete")
def test_a_deleted_audience_is_gone_unless_an_active_ad_group_uses_it(mara: Advertiser) -> None:
    group = next(iter(mara.tiktok.world.all.ad_groups.values())).id
    use = {"custom_audience_id": SUBSCRIBERS, "adgroup_ids": [group]}
    mara.do(audiences.AUDIENCE_APPLY, **use, action_mode="Apply", usage_mode="Include")
    both = [VISITORS, SUBSCRIBERS]
    assert mara.call(audiences.AUDIENCE_DELETE, custom_audience_ids=both)["code"] == 40002
    assert set(both) <= set(mara.listed())
    mara.do(audiences.AUDIENCE_APPLY, **use, action_mode="Disconnect")
    mara.do(audiences.AUDIENCE_DELETE, custom_audience_ids=both)
    assert not set(both) & set(mara.listed())
    assert mara.call(audiences.AUDIENCE_GET, custom_audience_ids=both)["code"] == 40007
    other = Advertiser(mara.tiktok)
    other.account = OTHER_ADVERTISER_ID
    refused = other.call(audiences.AUDIENCE_DELETE, custom_audience_ids=[LOOKALIKE])
    assert refused["code"] == 40001


@pytest.mark.shows("business.lookalike_create")
@pytest.mark.shows("business.lookalike_update")
def test_a_lookalike_grows_with_its_size_and_follows_its_source(mara: Advertiser) -> None:
    source = mara.audience(range(1_000))
    spec = {
        "source_audience_id": source,
        "include_source": False,
        "mobile_os": "ALL",
        "placements": ["TikTok"],
        "location_ids": ["6252001"],
    }

    def made(size: str) -> str:
        answer = mara.do(
            audiences.LOOKALIKE_CREATE,
            custom_audience_name=size,
            lookalike_spec=spec | {"audience_size": size},
        )
        return str(answer["custom_audience_id"])

    narrow, broad = made("NARROW"), made("BROAD")
    assert mara.details(narrow)["msg"] == "Processing"
    mara.tiktok.advance(6)
    before = mara.details(narrow)
    assert before["lookalike_spec"] == spec | {"audience_size": "NARROW"}
    assert 1_000 < before["cover_num"] < mara.details(broad)["cover_num"]
    mara.do(
        audiences.AUDIENCE_UPDATE,
        custom_audience_id=source,
        file_paths=[mara.file(range(1_000, 2_000))],
        action="APPEND",
    )
    mara.tiktok.advance(6)
    assert mara.details(narrow)["cover_num"] == before["cover_num"]
    mara.do(audiences.LOOKALIKE_UPDATE, custom_audience_ids=[narrow])
    assert not mara.details(narrow)["is_valid"]
    mara.tiktok.advance(6)
    assert mara.details(narrow)["cover_num"] == 2 * before["cover_num"]
    again = spec | {"source_audience_id": narrow, "audience_size": "BROAD"}
    broad_spec = spec | {"audience_size": "BROAD"}
    for bad in (
        again,
        spec | {"audience_size": "HUGE"},
        spec | {"audience_size": 7},
        broad_spec | {"placements": ["Mars"]},
        broad_spec | {"placements": []},
        broad_spec | {"location_ids": []},
    ):
        refused = mara.call(
            audiences.LOOKALIKE_CREATE, custom_audience_name="x", lookalike_spec=bad
        )
        assert refused["code"] == 40002
    refused = mara.call(audiences.LOOKALIKE_UPDATE, custom_audience_ids=[source])
    assert refused["code"] == 40002


@pytest.mark.shows("business.audience_rule_create")
def test_a_rule_audience_has_the_viewers_of_a_creator_s_video(mara: Advertiser) -> None:
    world = mara.tiktok.world
    video = next(one for one in world.videos.values() if one.is_open and one.views >= 1_000)
    rules = [{"event_source_ids": [video.id], "retention_days": 30}]
    spec = {"inclusion_rule_set": {"operator": "OR", "rules": rules}}
    asked = {
        "custom_audience_name": "Viewers",
        "audience_type": "ENGAGEMENT_ORGANIC_VIDEO",
        "rule_spec": spec,
    }
    assert mara.call(audiences.AUDIENCE_RULE_CREATE, **asked)["code"] == 40002
    identity = {"identity_id": "1", "identity_type": "TT_USER"}
    made = mara.do(audiences.AUDIENCE_RULE_CREATE, **asked, **identity)
    mara.tiktok.advance(6)
    found = mara.details(made["custom_audience_id"])
    assert found["audience_type"] == "Engagement Audience"
    assert json.loads(found["rule"]) == spec
    assert (found["cover_num"], found["is_auto_refresh"]) == (video.views, True)


@pytest.mark.shows("business.audience_share")
@pytest.mark.shows("business.audience_share_cancel")
def test_a_shared_audience_is_used_but_not_changed_by_the_other_account(mara: Advertiser) -> None:
    other = Advertiser(mara.tiktok)
    other.account = OTHER_ADVERTISER_ID
    share = {"custom_audience_ids": [SUBSCRIBERS], "shared_advertiser_ids": [OTHER_ADVERTISER_ID]}
    assert mara.call(audiences.AUDIENCE_SHARE, **share)["code"] == 40002, "no common center"
    accounts = mara.tiktok.world.all.ad_accounts
    center = accounts[ADVERTISER_ID].business_center_id
    accounts[OTHER_ADVERTISER_ID].business_center_id = center
    mara.do(audiences.AUDIENCE_SHARE, **share)
    assert mara.details(SUBSCRIBERS)["shared"]
    [seen] = other.do(audiences.AUDIENCE_LIST)["list"]
    assert (seen["audience_id"], seen["is_creator"]) == (SUBSCRIBERS, False)
    assert seen["owner_id"] == ADVERTISER_ID
    refused = other.call(
        audiences.AUDIENCE_UPDATE, custom_audience_id=SUBSCRIBERS, custom_audience_name="Mine"
    )
    assert (refused["code"], refused["message"]) == (40002, NOT_EDITABLE)
    deleted = other.call(audiences.AUDIENCE_DELETE, custom_audience_ids=[SUBSCRIBERS])
    assert deleted["code"] == 40001
    mara.do(
        audiences.AUDIENCE_SHARE_CANCEL,
        custom_audience_id=SUBSCRIBERS,
        shared_advertiser_id=OTHER_ADVERTISER_ID,
    )
    assert other.do(audiences.AUDIENCE_LIST)["list"] == []
    assert not mara.details(SUBSCRIBERS)["shared"]


@pytest.mark.shows("business.segment_audience")
@pytest.mark.shows("business.segment_mapping")
def test_people_are_streamed_into_an_audience_and_out_of_it(mara: Advertiser) -> None:
    made = mara.do(audiences.SEGMENT_AUDIENCE, action="create", custom_audience_name="m" * 71)[
        "audience_id"
    ]
    assert mara.details(made)["name"] == "m" * 67 + "..."

    def mapped(people: range, action: str | None = None) -> Any:
        batch = [[{"id": hashed(one), "audience_ids": [made]}, {}] for one in people]
        return mara.call(
            audiences.SEGMENT_MAPPING,
            advertiser_ids=[ADVERTISER_ID],
            id_schema=["EMAIL_SHA256", "phone_sha256"],
            batch_data=batch,
            action=action,
        )

    assert mapped(range(1_100))["code"] == 0
    assert mapped(range(1_050, 1_200))["code"] == 0
    assert mara.details(made)["cover_num"] == 1_200
    assert mapped(range(300), "delete")["code"] == 0
    assert mara.details(made)["cover_num"] == 0, "900 are too few"
    assert mara.tiktok.world.all.audiences[made].deleted is False
    mara.do(audiences.SEGMENT_AUDIENCE, action="delete", delete_audience_id=made)
    assert made not in mara.listed()
    assert mapped(range(1))["code"] == 40002


@pytest.mark.parametrize(
    "changed",
    [
        {"id_schema": ["EMAIL_SHA256", "EMAIL_SHA256"]},
        {"id_schema": ["EMAIL"]},
        {"id_schema": ["EMAIL_MD5"]},
        {"batch_data": [[{"id": "jane@example.com", "audience_ids": [STREAMED]}]]},
        {"batch_data": [[{"id": "0" * 64, "audience_ids": [SUBSCRIBERS]}]]},
        {"batch_data": [[{"id": "0" * 64}]]},
        {"batch_data": [[{}, {}]]},
        {"action": "Add"},
    ],
)
def test_a_wrong_stream_is_refused_as_a_whole(mara: Advertiser, changed: dict[str, Any]) -> None:
    right = {
        "advertiser_ids": [ADVERTISER_ID],
        "id_schema": ["EMAIL_SHA256"],
        "batch_data": [[{"id": "0" * 64, "audience_ids": [STREAMED]}]],
    }
    before = len(mara.tiktok.world.all.streamed_ids)
    assert mara.call(audiences.SEGMENT_MAPPING, **(right | changed))["code"] == 40002
    assert len(mara.tiktok.world.all.streamed_ids) == before
    mara.do(audiences.SEGMENT_MAPPING, **right)


def test_an_account_has_400_audiences_at_most(mara: Advertiser) -> None:
    new = {"file_paths": [FILE], "calculate_type": "EMAIL_SHA256", "custom_audience_name": "x"}
    for _ in range(400 - len(mara.listed())):
        mara.do(audiences.AUDIENCE_CREATE, **new)
    refused = mara.call(audiences.AUDIENCE_CREATE, **new)
    assert refused["code"] == 40002
    assert "400" in refused["message"]
    long = mara.call(audiences.AUDIENCE_CREATE, **(new | {"custom_audience_name": "x" * 129}))
    assert long["code"] == 40002


def test_lists_have_pages_and_a_match_rate_leaves_people_out(mara: Advertiser) -> None:
    first = mara.do(audiences.AUDIENCE_LIST, page_size=3)
    second = mara.do(audiences.AUDIENCE_LIST, page_size=3, page=2)
    assert len(first["list"]) == 3
    assert first["page_info"]["total_page"] == 2
    ids = [one["audience_id"] for one in first["list"] + second["list"]]
    assert ids == sorted(ids, key=int, reverse=True)
    assert len(set(ids)) == first["page_info"]["total_number"]
    mara.tiktok.settings(audience_match_rate=0.5)
    assert 1_800 < mara.details(mara.audience(range(4_000)))["cover_num"] < 2_200
