"""The evidence about one post that TikTok's audit of an app asks for. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stagedoor.platform.counting import agreeing
from stagedoor.platform.products.posting import PrivacyLevel, guidelines

from . import journal
from .journal import Name, PostStep, StepOutcome
from .posts import PostKind, StoredPost
from .service import PostRecord


class Result(StrEnum):
    """How a requirement is met."""

    RECORDED = "recorded"
    """The pack holds the evidence."""
    MISSING = "missing"
    """The service wasn't told: record it with the post."""
    VIOLATED = "violated"
    """The post contradicts the requirement."""
    INTERFACE = "interface"
    """Only the application's own page shows it: add a screenshot or a recording."""
    NOT_APPLICABLE = "notApplicable"


@dataclass(frozen=True, slots=True)
class GuidelineEvidence:
    """The evidence for one requirement of TikTok's guidelines."""

    id: str
    requirement: str
    result: Result
    evidence: str


@dataclass(frozen=True, slots=True)
class CreatorReading:
    """An answer of TikTok's creator_info, read live right before the post was sent."""

    at: float
    log_id: str | None
    username: str | None
    nickname: str | None
    privacy_levels: tuple[str, ...]
    comment_disabled: bool | None
    duet_disabled: bool | None
    stitch_disabled: bool | None
    max_seconds: int | None

    @classmethod
    def of(cls, step: PostStep) -> CreatorReading:
        found = step.detail or {}
        return cls(
            step.started,
            step.log_id,
            found.get("username"),
            found.get("nickname"),
            tuple(found.get("privacyLevels", ())),
            found.get("commentDisabled"),
            found.get("duetDisabled"),
            found.get("stitchDisabled"),
            found.get("maxSeconds"),
        )


def readings(steps: Sequence[PostStep]) -> list[CreatorReading]:
    """The answers of creator_info that the journal of a post holds."""
    found = journal.of(steps, Name.SETTINGS)
    return [CreatorReading.of(step) for step in found if step.outcome == StepOutcome.OK]


def label(post: StoredPost) -> str | None:
    """The label that TikTok shows with the post."""
    content = post.content
    return guidelines.disclosure_label(
        bool(content.get("brand_content_toggle")), bool(content.get("brand_organic_toggle"))
    )


def findings(record: PostRecord) -> list[GuidelineEvidence]:
    """The evidence for each requirement."""
    judge = _Judge(record)
    return [GuidelineEvidence(one.id, one.text, *judge.found(one)) for one in guidelines.CHECKLIST]


_Found = tuple[Result, str]
_INTERFACES: Mapping[str, str] = {
    "ux02": "The nickname of each reading is in creatorInfo; the page that showed it is yours.",
    "ux05": "Title and caption are fields of the request; the page that offered them is yours.",
    "ux14": "The page with the switch, its boxes and the hint is yours.",
    "ux18": "The service sends the file as it was uploaded, byte for byte.",
    "ux19": "The page that preset a text, and let the person edit it, is yours.",
    "ux21": "The page that says so is yours.",
    "ux23": "The page that says so is yours.",
    "ux24": "The service tells it to nobody but TikTok; wherever else you keep it is yours.",
    "ux25": "Where the media were before is known to your application alone.",
    "ux26": "Your application, and what you write of it for the audit, shows it.",
}


class _Judge:
    def __init__(self, record: PostRecord) -> None:
        self.post = record.post
        self.content = record.post.content
        self.steps = record.steps
        self.readings = readings(record.steps)
        self.consent: Mapping[str, Any] | None = record.post.content.get("consent")

    def found(self, requirement: guidelines.Requirement) -> _Found:
        if requirement.direct and not self.post.direct:
            return Result.NOT_APPLICABLE, "A draft: the creator chooses it in TikTok."
        if requirement.draft and self.post.direct:
            return Result.NOT_APPLICABLE, "A direct post: nothing is left to do in the inbox."
        if requirement.id in _INTERFACES:
            return Result.INTERFACE, _INTERFACES[requirement.id]
        found: _Found = getattr(self, f"_{requirement.id}")()
        return found

    def _ux01(self) -> _Found:
        if not self.readings:
            return Result.MISSING, "The post wasn't sent yet: creator_info is read right before."
        ids = ", ".join(one.log_id or "without log id" for one in self.readings)
        return (
            Result.RECORDED,
            f"Read live right before the post was sent ({ids}), and checked when it was made.",
        )

    def _ux03(self) -> _Found:
        waited = [step for step in self.steps if isinstance(step.detail, dict)]
        caps = [step for step in waited if journal.CAP in step.detail]
        if caps:
            return Result.RECORDED, "TikTok took no more posts, and the post waited for the cap."
        if not self.readings:
            return Result.MISSING, "No answer of TikTok's from before it was sent is recorded."
        return Result.RECORDED, "TikTok said nothing of the kind when the post was sent."

    def _ux04(self) -> _Found:
        if self.post.kind is PostKind.PHOTOS:
            return Result.NOT_APPLICABLE, "Photos have no length."
        seconds = _seconds(self.steps)
        if seconds is None:
            return Result.MISSING, "The video's length isn't known: TikTok fetched the file itself."
        longest = self.readings[-1].max_seconds if self.readings else None
        if longest is None:
            told = f"{seconds:.1f} s; the creator's longest wasn't read"
            if self.post.direct:
                return Result.MISSING, f"{told} yet."
            return (
                Result.INTERFACE,
                f"{told}, since this is a draft; the page that checks is yours.",
            )
        return Result.RECORDED, f"{seconds:.1f} s; the creator may post at most {longest} s."

    def _ux06(self) -> _Found:
        offered = self.readings[-1].privacy_levels if self.readings else ()
        if not offered:
            return Result.MISSING, "The post wasn't sent yet."
        return Result.RECORDED, f"{self.post.privacy} of {', '.join(offered)}."

    def _ux07(self) -> _Found:
        return (
            Result.RECORDED,
            f"The request named {self.post.privacy}: without a level it is refused, since the "
            "service has no default.",
        )

    def _ux08(self) -> _Found:
        names = ["disable_comment"]
        if self.post.kind is PostKind.VIDEO:
            names += ["disable_duet", "disable_stitch"]
        given = [name for name in names if self.content.get(name) is not None]
        if len(given) < len(names):
            lacking = ", ".join(sorted(set(names) - set(given)))
            return (
                Result.MISSING,
                f"The request didn't say {lacking}: send the person's choice of each, true while "
                "it is switched off.",
            )
        chosen = ", ".join(f"{name}={str(self.content[name]).lower()}" for name in names)
        return Result.RECORDED, f"The request named each: {chosen}."

    def _ux09(self) -> _Found:
        if not self.readings:
            return Result.MISSING, "The post wasn't sent yet."
        last = self.readings[-1]
        pairs = {
            "disable_comment": last.comment_disabled,
            "disable_duet": last.duet_disabled,
            "disable_stitch": last.stitch_disabled,
        }
        if self.post.kind is PostKind.PHOTOS:
            pairs = {"disable_comment": last.comment_disabled}
        against = [name for name, off in pairs.items() if off and self.content.get(name) is False]
        if against:
            return Result.VIOLATED, f"The creator disabled it, and the post has {against[0]}=false."
        if None in pairs.values():
            return Result.MISSING, "It wasn't read which interactions the creator disabled."
        return Result.RECORDED, "No interaction that the creator disabled was asked for."

    def _ux10(self) -> _Found:
        if self.post.kind is PostKind.VIDEO:
            return Result.NOT_APPLICABLE, "A video."
        return (
            Result.INTERFACE,
            "Of the three, the service takes disableComment alone; the page's switches are yours.",
        )

    def _ux11(self) -> _Found:
        names = ("brand_content_toggle", "brand_organic_toggle")
        on = [name for name in names if self.content.get(name)]
        if on:
            return Result.RECORDED, f"Disclosed: {', '.join(on)}."
        return Result.RECORDED, "Nothing was disclosed: both are off unless the request says so."

    def _ux12(self) -> _Found:
        shown = label(self.post)
        if shown is None:
            return Result.NOT_APPLICABLE, "Nothing was disclosed."
        return Result.INTERFACE, f"TikTok shows '{shown}'; the page that said so is yours."

    def _ux15(self) -> _Found:
        if not self.content.get("brand_content_toggle"):
            return Result.NOT_APPLICABLE, "No branded content."
        if self.post.privacy == PrivacyLevel.SELF_ONLY:
            return Result.VIOLATED, "Branded content with SELF_ONLY."
        return Result.RECORDED, f"Visible to {self.post.privacy}."

    def _ux16(self) -> _Found:
        if self.consent is None:
            return (
                Result.MISSING,
                "No consent was recorded: send `consent` with the declaration that the person saw "
                "and the time at which they agreed.",
            )
        by = self.consent.get("by")
        who = "" if by is None else f" by {by}"
        return (
            Result.RECORDED,
            f"'{self.consent['text']}', agreed to at {self.consent['acceptedAt']}{who}.",
        )

    def _ux17(self) -> _Found:
        if self.consent is not None and self.consent.get("previewShown"):
            return Result.RECORDED, "The application recorded that a preview was shown."
        return Result.INTERFACE, "The page with the preview is yours (`consent.previewShown`)."

    def _ux20(self) -> _Found:
        return (
            Result.RECORDED,
            "TikTok is first told of a post by the step init, which follows publish-video or "
            "publish-photos; a draft sends nothing.",
        )

    def _ux22(self) -> _Found:
        polled = journal.of(self.steps, Name.STATUS)
        if not polled:
            return Result.MISSING, "TikTok's status wasn't read yet."
        changes = agreeing(len(polled), "change", "is", "are")
        return Result.RECORDED, f"TikTok's status was read; {changes} in the history."


def _seconds(steps: Sequence[PostStep]) -> float | None:
    for step in journal.of(steps, Name.CHECK):
        for facts in (step.detail or {}).get("media", ()):
            if isinstance(facts, dict) and facts.get("seconds"):
                return float(facts["seconds"])
    return None
