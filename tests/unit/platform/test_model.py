"""The promises of the bases of requests and answers: exact ids, kept fields, hidden secrets."""

from __future__ import annotations

from typing import get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from stagedoor.client import Tokens, errors
from stagedoor.platform import catalogue
from stagedoor.platform.model import Request, utf16_units
from stagedoor.platform.products import commercial, display, oauth, posting, webhooks
from stagedoor.platform.products.commercial import AdFilters
from stagedoor.platform.refusal import InvalidRequest
from tests.support.every import every

SECRET = "hush-hush-0123456789"


@given(st.text(st.characters()))
def test_utf16_units_are_what_utf16_has(text: str) -> None:
    assert utf16_units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_a_caption_is_counted_as_tiktok_counts_it() -> None:
    posting.VideoPostInfo(privacy_level="SELF_ONLY", title="🎭" * 1_100)
    with pytest.raises(InvalidRequest, match="2202 UTF-16 units"):
        posting.VideoPostInfo(privacy_level="SELF_ONLY", title="🎭" * 1_101)
    posting.PhotoPostInfo(title="é" * 90, description="x" * 4_000)
    with pytest.raises(InvalidRequest, match="at most 90"):
        posting.PhotoPostInfo(title="é" * 91)
    with pytest.raises(InvalidRequest, match="at most 4000"):
        posting.PhotoPostInfo(description="x" * 4_001)


@given(st.integers(0, 2**80))
def test_an_id_sent_as_a_json_number_stays_exact(number: int) -> None:
    video = display.Video.model_validate_json(f'{{"id": {number}}}')
    assert video.id == str(number)
    status = posting.PostStatus.model_validate_json(
        f'{{"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [{number}]}}'
    )
    assert status.publicaly_available_post_id == (str(number),)
    ready = webhooks.DownloadReady.model_validate_json(f'{{"request_id": {number}}}')
    assert ready.request_id == str(number)


def test_an_id_sent_as_text_stays_text() -> None:
    assert display.Video.model_validate({"id": "0007"}).id == "0007"


ANSWERS = sorted(
    {operation.response for operation in catalogue.operations().values()}
    | {event.payload for event in catalogue.events().values()},
    key=lambda kind: kind.__name__,
)


@every("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_fields_that_tiktok_adds_are_kept(kind: type[BaseModel]) -> None:
    answer = kind.model_validate(_least(kind) | {"brand_new": {"deep": [1]}})
    assert answer.brand_new == {"deep": [1]}  # type: ignore[attr-defined]
    assert answer.model_dump()["brand_new"] == {"deep": [1]}


def _least(kind: type[BaseModel]) -> dict[str, object]:
    """A value for each field that must be there."""
    values: dict[str, object] = {"user": {}, "privacy_level_options": [], "duet_disabled": False}
    kinds: dict[object, object] = {str: "1", int: 1, bool: True}
    return {
        name: values.get(name, kinds.get(info.annotation, _nested(info.annotation)))
        for name, info in kind.model_fields.items()
        if info.is_required()
    }


def _nested(annotation: object) -> object:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _least(annotation)
    return () if get_origin(annotation) is tuple else "x"


def test_values_that_tiktok_adds_pass_and_known_ones_become_members() -> None:
    status = posting.PostStatus(status="ON_THE_MOON", fail_reason="moon_dust")
    assert (status.status, status.fail_reason) == ("ON_THE_MOON", "moon_dust")
    known = posting.PostStatus.model_validate({"status": "FAILED", "fail_reason": "spam_risk"})
    assert known.status is posting.PublishStatus.FAILED
    assert known.fail_reason is posting.FailReason.SPAM
    removed = webhooks.AuthorizationRemoved.model_validate_json('{"reason": 9}')
    assert removed.reason == 9
    creator = posting.CreatorInfo.model_validate(
        _least(posting.CreatorInfo) | {"privacy_level_options": ["SELF_ONLY", "NEIGHBOURS"]}
    )
    assert creator.privacy_level_options == (posting.PrivacyLevel.SELF_ONLY, "NEIGHBOURS")


def test_a_misspelt_argument_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="max_cuont"):
        display.VideoListQuery(max_cuont=3)  # type: ignore[call-arg]
    with pytest.raises(InvalidRequest, match="has no field 'ttitle'"):
        display.VideoListQuery(fields=("ttitle",))


HOLDERS: list[BaseModel] = [
    oauth.CodeGrant(
        client_key="k", client_secret=SECRET, code=SECRET, redirect_uri="u", code_verifier=SECRET
    ),
    oauth.RefreshGrant(client_key="k", client_secret=SECRET, refresh_token=SECRET),
    oauth.ClientGrant(client_key="k", client_secret=SECRET),
    oauth.Revocation(client_key="k", client_secret=SECRET, token=SECRET),
    oauth.LoginCallback(code=SECRET),
    oauth.UserToken(
        access_token=SECRET,
        expires_in=1,
        open_id="o",
        refresh_token=SECRET,
        refresh_expires_in=1,
    ),
    oauth.ClientToken(access_token=SECRET, expires_in=1),
    posting.VideoInitiated(publish_id="p", upload_url=f"https://x/?upload_token={SECRET}"),
    Tokens(access_token=SECRET, refresh_token=SECRET),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_no_repr_shows_a_secret(holder: BaseModel) -> None:
    assert SECRET in holder.model_dump_json()
    assert SECRET not in repr(holder)
    assert SECRET not in str(holder)


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_no_validation_error_repeats_a_secret(holder: BaseModel) -> None:
    broken: dict[str, object] = {
        name: [SECRET, {"a": SECRET}] for name in type(holder).model_fields
    }
    with pytest.raises(ValidationError) as refusal:
        type(holder).model_validate(broken)
    assert SECRET not in str(refusal.value)
    assert SECRET not in repr(refusal.value)
    if isinstance(holder, Request):
        with pytest.raises(InvalidRequest) as own:
            type(holder)(**broken)
        assert SECRET not in str(own.value) + repr(own.value) + repr(own.value.problems)


def test_a_part_that_a_caller_builds_raises_our_own_error_by_its_path() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        AdFilters(
            ad_published_date_range={"min": "20220101", "max": "2022"},  # type: ignore[arg-type]
            country_code="XX",
            colour="red",  # type: ignore[call-arg]
        )
    assert [path for path, _ in refusal.value.problems] == [
        "ad_published_date_range.max",
        "country_code",
        "colour",
    ]
    assert str(refusal.value).startswith("AdFilters: ")
    assert isinstance(refusal.value, errors.StagedoorError)


def test_a_request_as_a_whole_names_the_whole_path() -> None:
    """A part in it isn't built first, which would lose where it stands."""
    with pytest.raises(InvalidRequest, match=r"AdQuery: filters.ad_published_date_range is missi"):
        commercial.AdQuery(filters={})  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        commercial.AdQuery.model_validate({"filters": {}})
