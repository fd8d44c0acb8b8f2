"""The answer of `GET /api/composer`: what a page that composes a post shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from stagedoor.platform.media import (
    MAX_PHOTO_DESCRIPTION,
    MAX_PHOTO_TITLE,
    MAX_VIDEO_TITLE,
    PHOTO,
    VIDEO,
)
from stagedoor.platform.products.posting import CreatorInfo, PrivacyLevel, guidelines

from ..errors import ApiError
from ..shapes import ResponseModel
from .composer import ComposerState
from .posts import Mode, PostKind

_OFF = "The creator switched it off in TikTok: show it greyed out."


class ComposerCreator(ResponseModel):
    """The account that the post goes to: the page has to show its nickname."""

    username: str | None
    """The handle, without @."""
    nickname: str | None
    """The name that TikTok shows."""
    avatar_url: str | None
    """The picture; a link of TikTok's expires after two hours."""
    read_at: datetime
    """When this was read, in UTC: read it anew each time that the page is drawn."""


class ComposerProblem(ResponseModel):
    """Why TikTok takes no post of the account now."""

    code: str
    """TikTok's code."""
    message: str
    """The reason, and the way to mend it."""
    retry_after: float | None
    """When to try again, in seconds; null: unknown."""


class PrivacyOption(ResponseModel):
    """A privacy level that the creator offers."""

    value: str
    """The value for `privacyLevel`."""
    label: str
    """The level in words."""
    brand_content: bool
    """Whether branded content may have this level."""


class ComposerPrivacy(ResponseModel):
    """The people who may see the post: a list without a preselected level, which the person has to
    choose from."""

    selected: None
    """Always null: TikTok allows no default."""
    options: list[PrivacyOption]
    """The levels to offer, and no others; empty for a draft."""


class Switch(ResponseModel):
    """A switch of the page, which is off until the person switches it on."""

    setting: str
    """The field of the request that it sets."""
    label: str
    """The switch's text."""
    value_on: bool
    """The field's value while the switch is on; off, it is the opposite. Send it in both cases."""
    on: bool
    """Always false: TikTok allows no default."""
    available: bool
    """False: the creator or TikTok forbids it, so the switch is greyed out."""
    hint: str | None
    """Why it isn't available; null: it is."""


class DisclosureChoice(Switch):
    """A box beneath the switch of the disclosure; several may be ticked."""

    post_label: str
    """The label that the post gets, to be told to the person."""


class ComposerDisclosure(ResponseModel):
    """The disclosure of a promotion: a switch, off, with two boxes."""

    label: str
    """The switch's text."""
    on: bool
    """Always false: TikTok allows no default."""
    choices: list[DisclosureChoice]
    """The boxes that the switch reveals."""
    hint_without_choice: str
    """The hint while the switch is on and no box is ticked: the post can't be published then."""


class DeclarationLink(ResponseModel):
    """A part of a declaration that is a link."""

    text: str
    """The part of the text."""
    url: str
    """The page that it leads to."""


class Declaration(ResponseModel):
    """The declaration to show before the button that publishes."""

    brand_content: bool
    """Whether it is the one for branded content."""
    text: str
    """The text, which is TikTok's own: send it as `consent.text` once the person agreed."""
    links: list[DeclarationLink]
    """The parts of the text that are links."""


class ComposerLimits(ResponseModel):
    """TikTok's limits for the post."""

    title_length: int | None
    """The longest `title` of photos, in UTF-16 units; null for videos."""
    caption_length: int
    """The longest caption, in UTF-16 units."""
    max_seconds: float | None
    """The longest video that the creator may post; null for photos."""
    min_seconds: float | None
    """The shortest video; null for photos."""
    max_count: int
    """The most files of a post."""
    max_bytes: int
    """The largest file, in bytes."""
    formats: list[str]
    """The containers of videos, or the formats of photos."""
    codecs: list[str]
    """The codecs of videos; empty for photos."""

    @classmethod
    def of(cls, kind: PostKind, creator: CreatorInfo | None) -> Self:
        if kind is PostKind.PHOTOS:
            return cls(
                title_length=MAX_PHOTO_TITLE,
                caption_length=MAX_PHOTO_DESCRIPTION,
                max_seconds=None,
                min_seconds=None,
                max_count=PHOTO.max_count,
                max_bytes=PHOTO.max_bytes,
                formats=list(PHOTO.formats),
                codecs=[],
            )
        longest = VIDEO.max_seconds if creator is None else creator.max_video_post_duration_sec
        return cls(
            title_length=None,
            caption_length=MAX_VIDEO_TITLE,
            max_seconds=longest,
            min_seconds=VIDEO.min_seconds,
            max_count=1,
            max_bytes=VIDEO.max_bytes,
            formats=list(VIDEO.containers),
            codecs=list(VIDEO.codecs),
        )


class ComposerShown(ResponseModel):
    """Everything that a page which composes a post has to show by TikTok's Content Sharing
    Guidelines, with nothing chosen beforehand."""

    integration_id: str
    kind: PostKind
    """Whether the page composes a video or photos."""
    mode: Mode
    """Whether the post goes out directly, or the creator finishes it in TikTok."""
    creator: ComposerCreator
    """The account."""
    can_post: bool
    """False: TikTok takes no post of the account now; let the person try again later."""
    problem: ComposerProblem | None
    """Why TikTok takes none; null: it does."""
    privacy: ComposerPrivacy
    """The people who may see the post."""
    interactions: list[Switch]
    """Comments, duets and stitches that the creator may allow; empty for a draft."""
    more: list[Switch]
    """Other switches: made by AI, and music that TikTok adds to photos."""
    disclosure: ComposerDisclosure | None
    """The disclosure of a promotion; null for a draft."""
    declarations: list[Declaration]
    """The declarations of consent: show the one that fits `brandContent`."""
    limits: ComposerLimits
    """TikTok's limits."""
    expected_at: datetime
    """When a post that is published now goes out within TikTok's limits, in UTC."""
    warnings: list[str]
    """Delays of the post, and demands of TikTok's rules."""
    needs_approval: bool
    """Whether the caller's post waits for an admin's approval."""
    paused: bool
    """Whether the organisation's posts wait, because publishing is paused."""
    notes: list[str]
    """Texts that the page has to show to the person."""

    @classmethod
    def of(cls, found: ComposerState) -> Self:
        creator, direct = found.creator, found.mode is Mode.DIRECT
        warning = found.forecast.warning
        return cls(
            integration_id=found.account.id,
            kind=found.kind,
            mode=found.mode,
            creator=_creator(found),
            can_post=found.refusal is None,
            problem=None if found.refusal is None else _problem(found.refusal),
            privacy=ComposerPrivacy(selected=None, options=_levels(creator)),
            interactions=_interactions(found.kind, creator),
            more=_more(found.kind) if direct else [],
            disclosure=_disclosure(creator) if direct else None,
            declarations=[_declaration(branded) for branded in (False, True)],
            limits=ComposerLimits.of(found.kind, creator),
            expected_at=datetime.fromtimestamp(found.forecast.at, UTC),
            warnings=[] if warning is None else [warning],
            needs_approval=found.needs_approval,
            paused=found.paused,
            notes=[guidelines.TAKES_MINUTES if direct else guidelines.FINISH_IN_INBOX],
        )


def _creator(found: ComposerState) -> ComposerCreator:
    read_at, grant, live = (
        datetime.fromtimestamp(found.read_at, UTC),
        found.account.grant,
        found.creator,
    )
    if live is None:
        return ComposerCreator(
            username=grant.username,
            nickname=grant.display_name,
            avatar_url=grant.avatar_url,
            read_at=read_at,
        )
    return ComposerCreator(
        username=live.creator_username,
        nickname=live.creator_nickname,
        avatar_url=live.creator_avatar_url or None,
        read_at=read_at,
    )


def _problem(error: ApiError) -> ComposerProblem:
    return ComposerProblem(code=error.code, message=error.message, retry_after=error.retry_after)


def _levels(creator: CreatorInfo | None) -> list[PrivacyOption]:
    offered = () if creator is None else creator.privacy_level_options
    return [
        PrivacyOption(
            value=str(level),
            label=guidelines.PRIVACY_LABELS.get(str(level), str(level)),
            brand_content=level != PrivacyLevel.SELF_ONLY,
        )
        for level in offered
    ]


def _interactions(kind: PostKind, creator: CreatorInfo | None) -> list[Switch]:
    if creator is None:
        return []
    listed = [("disableComment", "Allow comments", creator.comment_disabled)]
    if kind is PostKind.VIDEO:
        listed += [
            ("disableDuet", "Allow duets", creator.duet_disabled),
            ("disableStitch", "Allow stitches", creator.stitch_disabled),
        ]
    return [
        Switch(
            setting=setting,
            label=label,
            value_on=False,
            on=False,
            available=not disabled,
            hint=_OFF if disabled else None,
        )
        for setting, label, disabled in listed
    ]


def _more(kind: PostKind) -> list[Switch]:
    listed = [("isAigc", "AI-generated content")]
    if kind is PostKind.PHOTOS:
        listed.append(("autoAddMusic", "Let TikTok add music"))
    return [
        Switch(setting=setting, label=label, value_on=True, on=False, available=True, hint=None)
        for setting, label in listed
    ]


def _disclosure(creator: CreatorInfo | None) -> ComposerDisclosure:
    levels = () if creator is None else creator.privacy_level_options
    private = bool(levels) and set(levels) == {PrivacyLevel.SELF_ONLY}
    choices = (
        ("brandOrganic", "Your brand", guidelines.LABEL_ORGANIC, True),
        ("brandContent", "Branded content", guidelines.LABEL_BRANDED, not private),
    )
    return ComposerDisclosure(
        label="Disclose post content",
        on=False,
        choices=[
            DisclosureChoice(
                setting=setting,
                label=label,
                value_on=True,
                on=False,
                available=available,
                hint=None if available else guidelines.NOT_PRIVATE,
                post_label=post_label,
            )
            for setting, label, post_label, available in choices
        ],
        hint_without_choice=guidelines.CHOOSE_BRAND,
    )


def _declaration(branded: bool) -> Declaration:
    links = [DeclarationLink(text="Music Usage Confirmation", url=guidelines.MUSIC_USAGE)]
    if branded:
        policy = DeclarationLink(text="Branded Content Policy", url=guidelines.BRANDED_CONTENT)
        links.insert(0, policy)
    return Declaration(brand_content=branded, text=guidelines.consent_text(branded), links=links)
