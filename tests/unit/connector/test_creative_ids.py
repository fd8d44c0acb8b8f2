"""The forms of `creativeId`."""

from __future__ import annotations

import pytest

from stagedoor.connector.ads.creative_ids import CreativeId, CreativeKind, parse_creative_id
from stagedoor.platform.ads_vocabulary import IdentityType


@pytest.mark.parametrize(
    "text",
    [
        "video:v10033g50000abc",
        "image:ad-site-i18n/2026-ab_c.image",
        "post:7300000000000000001:TT_USER:5f1c9a",
        "post:7300000000000000001:AUTH_CODE:5f1c9a",
        "post:7300000000000000001:BC_AUTH_TT:5f1c9a:7100000000000000002",
    ],
)
def test_an_id_that_is_read_is_written_as_it_was(text: str) -> None:
    assert str(parse_creative_id(text)) == text


def test_an_id_names_its_parts() -> None:
    found = parse_creative_id("post:73:BC_AUTH_TT:5f:71")
    assert (found.kind, found.tiktok_id) == (CreativeKind.POST, "73")
    assert found.identity is not None
    assert found.identity.type is IdentityType.BC_AUTH_TT
    assert (found.identity.id, found.identity.bc_id) == ("5f", "71")
    assert parse_creative_id("video:v1") == CreativeId(CreativeKind.VIDEO, "v1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v10033",
        "video:",
        "video:a:b",
        "clip:a",
        "video:a b",
        "post:73",
        "post:73:TT_USER",
        "post:73:TT_USER:5f:71",
        "post:73:BC_AUTH_TT:5f",
        "post:73:CUSTOMIZED_USER:5f",
        "post:73:NOBODY:5f",
        "image:a\n",
    ],
)
def test_another_text_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="video:<video id>"):
        parse_creative_id(text)
