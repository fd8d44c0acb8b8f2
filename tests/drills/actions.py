"""Other actions of a caller that reach TikTok: ads, replies to comments, synchronisation. A process
that dies at any point of it does nothing twice, and tells what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from stagedoor.cli.demo import consent as ads_consent
from tests.drills.installation import Installation
from tests.support.ads_desk import ADVERTISER, AdsRoutes
from tests.support.connecting import AUTH_URL, consent

HOLDER, FAN = "lu_starts_today", "jonas.behind.doors"
INBOX = "/api/inbox/conversations"
REPLY_SCOPES = ("user.info.basic", "user.info.username", "video.list", "comment.list")
PATIENCE = 60.0
"""Seconds of real time for one request, with all its repetitions."""
LATER = 700.0
"""Seconds after which whatever is looked for is found, or given up."""


@dataclass
class Stage:
    """An installation whose ad accounts and business account are connected."""

    installation: Installation
    video: str = ""
    killed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, installation: Installation) -> Stage:
        made = cls(installation)
        made._connect("ads", lambda url: ads_consent.answer(url))
        scopes = [*REPLY_SCOPES, "comment.list.manage"]
        made._connect("businessAccount", lambda url: consent(url, HOLDER), scopes=scopes)
        asked = {"creator": HOLDER, "title": "Rye"}
        made.video = str(installation.local.control("POST", "videos", asked)["id"])
        return made

    def kill_at(self, action: Action, most: int) -> int:
        """Play an action undisturbed, then again with a death at each of its points, at most so
        many; gives the number of points that were tried."""
        points = len(self.play(action, 0))
        tried = range(1, points + 1, max(1, -(-points // most)))
        for number in tried:
            self.play(action, number, f"#{number}")
        return len(tried)

    def _connect(self, kind: str, answered: Callable[[str], str], **more: Any) -> None:
        asked = {"kind": kind, "returnUrl": "http://127.0.0.1:9/connected"} | more
        begun = self.installation.api("POST", AUTH_URL, asked)
        came_back = self.installation.http.get(answered(begun["authUrl"]))
        returned = parse_qs(urlsplit(came_back.headers["location"]).query)
        assert returned["integration"] == ["connected"], returned

    def play(self, action: Action, number: int, point: str = "") -> list[str]:
        """Do an action whose process dies at the point; gives the points that were passed."""
        made, mark = self.installation, f"{action} {number}"
        made.pass_time(61.0)
        prepared = action.prepare(self, mark)
        deaths = made.deaths
        made.arm(point)
        told = action.do(self, mark, prepared)
        made.pass_time(LATER)
        passed = made.disarm()
        made.revive()
        if made.deaths > deaths:
            self.killed.append(f"{action}: {point}")
        wrong = action.judge(self, mark, told)
        self.wrong += [f"{action}: {point}: {one}" for one in wrong]
        return passed

    def insist(self, method: str, path: str, body: Any, key: str) -> httpx2.Response:
        """A request that is repeated under its key, with time passing, until it is answered for
        good: with success, or with a refusal that more of it doesn't change."""
        made, end = self.installation, time.monotonic() + PATIENCE
        headers = made._headers | {"idempotency-key": key}
        while True:
            try:
                answer = made.http.request(method, path, json=body, headers=headers)
            except httpx2.TransportError:
                assert time.monotonic() < end, f"{method} {path}: no answer {made.tail()}"
                made._mourn()
                continue
            if answer.is_success or not answer.json()["error"]["retryable"]:
                return answer
            assert time.monotonic() < end, f"{method} {path}: {answer.text} {made.tail()}"
            time.sleep(0.05)
            made.pass_time(LATER / 5)


@dataclass(frozen=True, slots=True)
class Action:
    """`prepare` is done before the counting begins, `judge` gives what is wrong at the end."""

    name: str
    do: Callable[[Stage, str, Any], Any]
    judge: Callable[[Stage, str, Any], list[str]]
    prepare: Callable[[Stage, str], Any] = lambda _stage, _mark: None

    def __str__(self) -> str:
        return self.name


# ads


@dataclass
class _Desk(AdsRoutes):
    mark: str = ""

    def at(self, seconds: float) -> str:
        now = self.service.installation.local.now() + seconds
        return datetime.fromtimestamp(now, UTC).isoformat()

    def api(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        key = f"{self.mark} {path}"
        answer = self.service.insist(method, f"/api/ads/{path}", body, key)
        assert answer.is_success, answer.text
        return answer.json()


def _launched(stage: Stage, mark: str, _: Any) -> str:
    desk = _Desk(stage, mark=mark)
    campaign, _group, _ad = desk.tree(mark)
    desk.api("POST", f"campaigns/{campaign}/launch")
    return campaign


def _ads_wrong(stage: Stage, mark: str, campaign: str) -> list[str]:
    def read(path: str, **query: str) -> Any:
        asked = urlencode({"accountId": ADVERTISER} | query)
        answer = stage.insist("GET", f"/api/ads/{path}?{asked}", None, mark)
        assert answer.is_success, answer.text
        return answer.json()

    listed = {
        level: read(level, **query)[key]
        for level, key, query in (
            ("campaigns", "campaigns", {"name": mark}),
            ("ad-groups", "adGroups", {"campaignId": campaign}),
            ("ads", "ads", {"campaignId": campaign}),
        )
    }
    wrong = [f"{len(some)} {level}" for level, some in listed.items() if len(some) != 1]
    for level, some in listed.items():
        for one in some:
            if one["status"] != "ENABLE":
                wrong.append(f"{level} {one['status']}")
            changes = read(f"{level}/{one['id']}")["changes"]
            wrong += [f"{level} {x['action']} is open" for x in changes if not x["outcome"]]
    return wrong


# replies


def _asked(stage: Stage, mark: str) -> str:
    made = stage.installation
    said = {"author": FAN, "text": f"Which flour for {mark}?"}
    made.local.control("POST", f"videos/{stage.video}/comments", said)
    made.api("POST", "/api/sync/resume/comments", {})
    asked = {"platform": "tiktok", "syncType": "comments", "options": {"force": True}}
    made.api("POST", "/api/sync/trigger", asked)

    def listed() -> Any:
        return made.api("GET", INBOX, q=mark)["conversations"]

    made.until(listed)
    made.api("POST", "/api/sync/pause/comments", {})
    return str(listed()[0]["id"])


def _replied(stage: Stage, mark: str, conversation: str) -> tuple[str, int]:
    path = f"{INBOX}/{conversation}/reply"
    answer = stage.insist("POST", path, {"text": f"Rye for {mark}"}, mark)
    assert answer.status_code in (200, 201, 502), answer.text
    return conversation, answer.status_code


def _reply_wrong(stage: Stage, mark: str, told: tuple[str, int]) -> list[str]:
    conversation, status = told
    made, text = stage.installation, f"Rye for {mark}"
    found = made.local.control("GET", f"videos/{stage.video}/comments")["comments"]
    count = sum(one["text"] == text for one in found)
    thread = made.api("GET", f"{INBOX}/{conversation}")
    shown = sum(one["text"] == text for one in thread["messages"])
    unsettled = len(thread["unsettledReplies"])
    right = (1, 1, 0) if status < 300 else (0, 0, 1)
    now = (count, shown, unsettled)
    return [] if now == right else [f"{status}: at TikTok, shown, unsettled: {now}"]


# synchronisation


def _synchronised(stage: Stage, mark: str, _: Any) -> None:
    made = stage.installation
    for kind in ("videos", "metrics", "profile", "ads-metrics", "ads-status"):
        made.api("POST", f"/api/sync/resume/{kind}", {})
    asked = {"platform": "tiktok", "syncType": "all", "options": {"force": True}}
    stage.insist("POST", "/api/sync/trigger", asked, mark)

    def done() -> bool:
        if made.revive():
            return False
        try:
            types = made.api("GET", "/api/sync/status")["types"]
        except AssertionError:
            return False
        return not any(one["depth"] or one["inFlight"] for one in types if not one["pausedAt"])

    made.until(done)
    made.pass_time(301.0)  # a hold of a process that died is over
    made.until(done)
    made.pause_sync()


def _sync_wrong(stage: Stage, mark: str, _: Any) -> list[str]:
    made = stage.installation
    wrong = [str(one) for one in made.api("GET", "/api/sync/status")["problems"]]
    ids = [one["videoId"] for one in made.api("GET", "/api/activity", limit=200)["activity"]]
    posts = made.local.control("GET", "phone/maracooks")["posts"]
    public = {one["id"] for one in posts if one["public"]}
    if len(ids) != len(set(ids)) or not public <= set(ids):
        wrong.append(f"{len(ids)} videos are known, {len(public)} are public")
    return wrong


LAUNCH = Action("a launch", _launched, _ads_wrong)
REPLY = Action("a reply", _replied, _reply_wrong, _asked)
SYNC = Action("a synchronisation", _synchronised, _sync_wrong)
ALL = (LAUNCH, REPLY, SYNC)
