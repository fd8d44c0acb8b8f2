"""Share Kit: the checks of shared media, and of the results."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor import errors, sharing
from stagedoor.platform.products.sharing import (
    ANDROID_ERRORS,
    SHARE_STATES,
    BundleKey,
    hashed_bundle_id,
    unbundled,
)
from stagedoor.sharing import MediaType, Outcome, Share, Shared, ShareState

LINK = "https://app.example.com/shared"
IMAGE, VIDEO = MediaType.IMAGE, MediaType.VIDEO


def ios(*media: Shared | str, kind: MediaType = VIDEO, **more: Any) -> Share:
    return sharing.ios_share("aw1", "com.example.app", media, kind, LINK, **more)


def android(*media: Shared | str, kind: MediaType = VIDEO, **more: Any) -> Share:
    return sharing.android_share("aw1", "com.example.app", media, kind, **more)


def test_the_ios_url_says_what_the_sdk_would_say() -> None:
    share = ios("ABC/L0/001", "DEF/L0/001", kind=IMAGE, state="s1")
    assert share.url.startswith("https://www.tiktok.com/opensdk/share/?")
    query = {name: values[0] for name, values in parse_qs(urlsplit(share.url).query).items()}
    assert query == {
        "key": "aw1",
        "bundle_id": hashed_bundle_id("com.example.app"),
        "media_type": "0",
        "media_paths": "ABC/L0/001,DEF/L0/001",
        "redirect_uri": LINK,
        "request_id": share.request_id,
        "share_format": "0",
        "state": "s1",
        "sdk_name": "tiktok_sdk_share",
    }
    assert len(query["bundle_id"]) == 128


def test_the_android_bundle_can_be_read_again() -> None:
    share = android("a.mp4", green_screen=True, state="s1", result_activity="com.example.Result")
    assert share.bundle is not None
    assert share.bundle[BundleKey.TYPE] == 3
    assert share.bundle[BundleKey.VIDEOS] == ["a.mp4"]
    assert BundleKey.IMAGES not in share.bundle
    request = unbundled(share.bundle)
    assert (request.package_name, request.state) == ("com.example.app", "s1")
    assert request.result_activity == "com.example.Result"


@pytest.mark.parametrize(
    ("media", "more", "named"),
    [
        ([], {}, "media_paths"),
        (["v"] * 13, {}, "1 to 12"),
        (["i"] * 36, {"kind": IMAGE}, "1 to 35"),
        (["a", "b"], {"green_screen": True}, "exactly one"),
        ([Shared("v", seconds=601)], {}, r"media\.0\.seconds"),
        (["v", Shared("w", width=2_300, height=1_000)], {}, r"media\.1"),
        (["a,b"], {}, "comma"),
        ([""], {}, "empty"),
    ],
)
def test_what_ios_would_not_take_is_refused_by_name(
    media: list[Any], more: dict[str, Any], named: str
) -> None:
    with pytest.raises(errors.InvalidRequest, match=named):
        ios(*media, **more)


@pytest.mark.parametrize(
    ("media", "more", "named"),
    [
        ([], {}, "media_paths"),
        (["v.mp4"] * 36, {}, "1 to 35"),
        (["v.mov"], {}, r"\.mp4"),
        (["i.jpg"], {"kind": IMAGE}, "2 to 35"),
        (["i.jpg"] * 36, {"kind": IMAGE}, "2 to 35"),
        (["a.mp4", "b.mp4"], {"green_screen": True}, "exactly one"),
        ([Shared("v.mp4", seconds=0.5)], {}, "seconds"),
        ([Shared("v.mp4", seconds=361)], {}, "seconds"),
        ([Shared("v.mp4", width=1_101, height=600)], {}, "width"),
    ],
)
def test_what_android_would_not_take_is_refused_by_name(
    media: list[Any], more: dict[str, Any], named: str
) -> None:
    with pytest.raises(errors.InvalidRequest, match=named):
        android(*media, **more)


def test_what_is_within_every_limit_passes() -> None:
    ios(*["v"] * 12)
    ios(*["i"] * 35, kind=IMAGE)
    ios(Shared("v", 600, 2_200, 1_000), green_screen=True)
    android(*["v.mp4"] * 35)
    android("i", "j", kind=IMAGE)
    android("i", kind=IMAGE, green_screen=True)
    android(Shared("v.MP4", 360, 1_100, 1_100))


@pytest.mark.parametrize("link", ["http://app.example.com/", "myapp://x", "https://"])
def test_the_way_back_is_a_universal_link(link: str) -> None:
    with pytest.raises(errors.InvalidRequest, match="universal link"):
        sharing.ios_share("aw1", "com.example.app", ["v"], VIDEO, link)


def back(share: Share, **said: Any) -> str:
    query = {"state": share.state, "request_id": share.request_id} | said
    return f"{LINK}?{urlencode(query)}"


@pytest.mark.parametrize("state", ShareState)
def test_every_share_state_has_an_outcome_and_a_remedy(state: ShareState) -> None:
    share = ios("v")
    result = sharing.read_ios_result(share, back(share, error_code=0, share_state=int(state)))
    assert (result.code, result.outcome) == (state, state.outcome)
    assert result.remedy.endswith(".")
    assert result.ok is (state is ShareState.SUCCESS)


def test_outcomes_that_are_no_failure() -> None:
    found = {state: state.outcome for state in ShareState if state.outcome is not Outcome.FAILED}
    assert found == {
        ShareState.SUCCESS: Outcome.SHARED,
        ShareState.CANCELLED: Outcome.CANCELLED,
        ShareState.SAVED_AS_DRAFT: Outcome.DRAFT,
    }


def test_an_older_app_says_errcode_and_a_newer_one_says_unknown_numbers() -> None:
    share = ios("v")
    cancelled = sharing.read_ios_result(share, back(share, errCode=-2))
    assert (cancelled.outcome, cancelled.code) == (Outcome.CANCELLED, None)
    assert sharing.read_ios_result(share, back(share, errCode=0)).ok
    newer = sharing.read_ios_result(share, back(share, error_code=-99, share_state=29_999))
    assert (newer.outcome, newer.code, newer.error) == (Outcome.FAILED, 29_999, -99)


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example.com/shared",
        f"{LINK}?state=other&error_code=0",
        f"{LINK}?state=s1&request_id=other&error_code=0",
        f"{LINK}?state=s1",
        f"{LINK}?state=s1&error_code=none",
        "https://[x",
    ],
)
def test_a_result_of_something_else_is_no_result(url: str) -> None:
    share = ios("v", state="s1")
    with pytest.raises(errors.ShareResultInvalid):
        sharing.read_ios_result(share, url)


@pytest.mark.parametrize("pair", ANDROID_ERRORS, ids=str)
def test_every_pair_of_android_is_read(pair: tuple[int, int]) -> None:
    share = android("v.mp4")
    told = {
        BundleKey.TYPE: 4,
        BundleKey.ERROR_CODE: pair[0],
        BundleKey.SUB_ERROR_CODE: pair[1],
        BundleKey.ERROR_MSG: "said so",
        BundleKey.STATE: share.state,
    }
    result = sharing.read_android_result(share, told)
    declared = ANDROID_ERRORS[pair]
    assert (result.error, result.outcome) == (declared, declared.outcome)
    assert result.code == SHARE_STATES.get(pair[1])
    assert (result.message, result.remedy) == ("said so", declared.remedy)


def test_android_s_draft_is_unclear_and_a_new_pair_is_passed_on() -> None:
    share = android("v.mp4", state="s1")
    told = {BundleKey.STATE: "s1", BundleKey.ERROR_CODE: -4, BundleKey.SUB_ERROR_CODE: 20016}
    assert sharing.read_android_result(share, told).outcome is Outcome.UNCLEAR
    newer = sharing.read_android_result(share, told | {BundleKey.ERROR_CODE: -77})
    assert (newer.error, newer.code) == ((-77, 20016), ShareState.POSTING_FAILED)
    odd = told | {BundleKey.ERROR_CODE: -2, BundleKey.SUB_ERROR_CODE: 5}
    assert sharing.read_android_result(share, odd).outcome is Outcome.CANCELLED


@pytest.mark.parametrize(
    "changed",
    [
        {BundleKey.STATE: "other"},
        {BundleKey.ERROR_CODE: "x"},
        {BundleKey.ERROR_CODE: None},
        {BundleKey.TYPE: 2},
    ],
)
def test_another_bundle_is_no_result(changed: dict[str, object]) -> None:
    share = android("v.mp4", state="s1")
    told = {BundleKey.STATE: "s1", BundleKey.ERROR_CODE: 0, BundleKey.SUB_ERROR_CODE: 0} | changed
    with pytest.raises(errors.ShareResultInvalid):
        sharing.read_android_result(share, told)


@given(url=st.text(st.characters(), max_size=80))
def test_any_text_is_read_or_refused(url: str) -> None:
    share = ios("v", state="s1")
    with pytest.raises(errors.ShareResultInvalid):
        sharing.read_ios_result(share, url)
