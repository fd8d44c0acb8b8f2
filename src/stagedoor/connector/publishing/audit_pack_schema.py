"""JSON schema of an audit pack."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

from stagedoor.platform.products.posting import guidelines

from ..shapes import ResponseModel
from . import audit_pack
from .audit_pack import CreatorReading, Result
from .responses import PostShown
from .service import PostRecord


class CreatorReadingShown(ResponseModel):
    """An answer of TikTok's creator_info, read live right before the post was sent."""

    at: datetime
    """When it was read, RFC 3339 in UTC."""
    log_id: str | None
    """TikTok's log id of the answer."""
    username: str | None
    """The creator's handle, without @."""
    nickname: str | None
    """The creator's name that is shown."""
    privacy_levels: list[str]
    """The privacy levels that the creator offered."""
    comment_disabled: bool | None
    """Whether the creator has comments off; null: not recorded."""
    duet_disabled: bool | None
    """Whether the creator has duets off; null: not recorded."""
    stitch_disabled: bool | None
    """Whether the creator has stitches off; null: not recorded."""
    max_seconds: int | None
    """The longest video that the creator may post, in seconds."""

    @classmethod
    def of(cls, reading: CreatorReading) -> Self:
        return cls(
            at=datetime.fromtimestamp(reading.at, UTC),
            log_id=reading.log_id,
            username=reading.username,
            nickname=reading.nickname,
            privacy_levels=list(reading.privacy_levels),
            comment_disabled=reading.comment_disabled,
            duet_disabled=reading.duet_disabled,
            stitch_disabled=reading.stitch_disabled,
            max_seconds=reading.max_seconds,
        )


class FindingShown(ResponseModel):
    """One requirement of TikTok's Content Sharing Guidelines, and what the record says of it."""

    id: str
    """The requirement's id in docs/service.md."""
    requirement: str
    """The requirement of TikTok's guidelines, in our words."""
    result: Result
    """recorded, missing, violated, interface (only your own page can show it) or notApplicable."""
    evidence: str
    """The evidence on record, or the missing evidence."""


class AuditPackShown(ResponseModel):
    """The evidence about one post that TikTok's audit of an app asks for."""

    made_at: datetime
    """When the pack was made, RFC 3339 in UTC."""
    account_name: str | None
    """The connected account's name; null where it isn't connected any more."""
    post: PostShown
    """The post with its settings, consent, approval and history. URLs are without their query."""
    creator_info: list[CreatorReadingShown]
    """Each reading of creator_info by which the post was checked."""
    disclosure_label: str | None
    """The label that TikTok shows: 'Paid partnership', 'Promotional content' or none."""
    required_consent: str
    """The declaration that the person had to see, in TikTok's wording."""
    music_usage: str
    """The address of TikTok's Music Usage Confirmation, which the declaration names."""
    checklist: list[FindingShown]
    """TikTok's requirements, and what the record says of each."""

    @classmethod
    def of(cls, record: PostRecord, now: float, account_name: str | None) -> Self:
        post = PostShown.of(record)
        return cls(
            made_at=datetime.fromtimestamp(now, UTC),
            account_name=account_name,
            post=post.model_copy(update={"settings": _without_queries(post.settings)}),
            creator_info=[CreatorReadingShown.of(one) for one in audit_pack.readings(record.steps)],
            disclosure_label=audit_pack.label(record.post),
            required_consent=guidelines.consent_text(
                bool(record.post.content.get("brand_content_toggle"))
            ),
            music_usage=guidelines.MUSIC_USAGE,
            checklist=[
                FindingShown(
                    id=one.id,
                    requirement=one.requirement,
                    result=one.result,
                    evidence=one.evidence,
                )
                for one in audit_pack.findings(record)
            ],
        )


def _without_queries(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings without the queries of URLs, which may be secrets."""
    found = dict(settings)
    if "videoUrl" in found:
        found["videoUrl"] = _bare(found["videoUrl"])
    if "urls" in found:
        found["urls"] = [_bare(url) for url in found["urls"]]
    return found


def _bare(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()
