"""The local TikTok's records decide: no second effect, nothing lost, no untrue answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from stagedoor.platform.errors import CODES
from stagedoor.platform.products.posting import FailReason
from tests.drills import flows
from tests.drills.flows import Flow

EFFECTS = ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX")
OURS = frozenset(
    {
        "answer_lost",
        "init_lost",
        "tiktok_unreachable",
        "upload_incomplete",
    }
)
"""Reasons of the service's own that these drills may bring about (docs/service.md)."""


@dataclass
class Verdicts:
    """The ends of all posts of a drill."""

    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    effects: int = 0
    wrong: list[str] = field(default_factory=list)

    def judge(
        self, flow: Flow, mark: str, post: dict[str, Any], publishes: Iterable[dict[str, Any]]
    ) -> None:
        """`publishes`: all that the local TikTok knows of posts."""
        made = flows.made(publishes, mark)
        problems = _problems(flow, post, made)
        self.states[post["state"]] += 1
        self.effects += sum(one["status"] in EFFECTS for one in made)
        if post["failure"]:
            self.reasons[post["failure"]["reason"]] += 1
        if problems:
            seen = [(one["publish_id"], one["status"], one["fail_reason"]) for one in made]
            steps = [(one["step"], one["outcome"]) for one in post["history"]]
            self.wrong.append(
                f"{mark}: {problems} {post['state']} {post['failure']} {seen} {steps}"
            )

    @property
    def posts(self) -> int:
        return self.states.total()

    def __str__(self) -> str:
        return (
            f"{self.posts} posts, {self.effects} effects, {dict(self.states)}, "
            f"{dict(self.reasons)}, wrong: {len(self.wrong)}"
        )


def _problems(flow: Flow, post: dict[str, Any], made: list[dict[str, Any]]) -> list[str]:
    """The problems of a post that has ended."""
    effects = [one for one in made if one["status"] in EFFECTS]
    state, failure = post["state"], post["failure"]
    problems = []
    if len(effects) > 1 or any(len(one["videos"]) > 1 for one in made):
        problems.append("a second publishing effect")
    if len(made) > (1 if flow.pulled else 2):
        problems.append(f"{len(made)} inits")
    if state == ("published" if flow.direct else "inInbox"):
        there = [one["publish_id"] for one in effects]
        if there != [post["tiktokPublishId"]]:
            problems.append(f"it is told that {post['tiktokPublishId']} is out, which isn't so")
    elif state == "failed":
        if effects or any(_may_still_come(one) for one in made):
            problems.append("told as failed, which isn't so")
        problems += _undocumented(failure)
    elif state == "unknown":
        if not flow.pulled or not any(
            one["step"] == "init" and one["outcome"] == "lost" for one in post["history"]
        ):
            problems.append("unknown without need")
        if not failure or not failure["remedy"]:
            problems.append("unknown without saying what to do")
    else:
        problems.append(f"it can't end as {state}")
    return problems


def _may_still_come(publish: dict[str, Any]) -> bool:
    return publish["status"] != "FAILED" and publish["arrived"] is not None


def _undocumented(failure: dict[str, Any] | None) -> list[str]:
    if not failure or not failure["message"]:
        return ["failed without a reason"]
    reason = failure["reason"]
    known = {one.value for one in FailReason} | set(CODES) | OURS
    problems = [] if reason in known else [f"{reason} is documented nowhere"]
    return problems if failure["remedy"] else [*problems, f"{reason} without a remedy"]
