"""`stagedoor post` through the service."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from stagedoor.client import Progress, Stage

from . import console, interruption, settings
from .post_words import failure, how_to_decide, waits_for_approval
from .remote import FINAL, Remote, check_filled, handle
from .underway import Underway


@dataclass(frozen=True, slots=True)
class PostOutcome:
    """The post as the service returned it, and the message for the user."""

    post: dict[str, Any]
    words: str
    failed: bool


def through_service(
    remote: Remote, video: Path | None, account: str | None, options: dict[str, Any]
) -> PostOutcome:
    """Submit the post to the service, and wait for its final state."""
    record = remote.integration(account, kind="creator")
    if not options["draft"] and options["privacy"] is None:
        info = remote.call("creator-info", integrationId=record["id"])
        offered = ", ".join(info["privacyLevelOptions"])
        raise click.UsageError(f"Choose --privacy; {handle(record)} offers: {offered}.")
    body = _body(options) | {"integrationId": record["id"]}
    progress = Underway("The service")
    with console.bars() as progress.show, interruption.explained(progress.explanation):
        publish_id, warnings = _hand_over(remote, video, options, body, progress)
        if options["no_wait"] or options["at"]:
            post = remote.send("GET", f"/api/posts/{publish_id}")
        else:
            post = remote.final(
                publish_id,
                on_state=lambda state: progress(_handed_over(publish_id, state)),
            )
    # only the answers that created the post warn of checks that weren't possible
    post["warnings"] = list(dict.fromkeys([*warnings, *post["warnings"]]))
    return PostOutcome(post, _words(post, record), post["state"] in ("failed", "unknown"))


def _body(options: dict[str, Any]) -> dict[str, Any]:
    values = {
        "privacyLevel": options["privacy"],
        "mode": "draft" if options["draft"] else "direct",
        "disableComment": options["no_comments"] or None,
        "brandContent": options["paid_partnership"] or None,
        "brandOrganic": options["own_brand"] or None,
        "isAigc": options["ai_generated"] or None,
        "publishAt": options["at"],
    }
    if options["photos"]:
        values |= {"title": options["title"], "caption": options["description"]}
    else:
        values |= {
            "caption": options["title"],
            "disableDuet": options["no_duet"] or None,
            "disableStitch": options["no_stitch"] or None,
        }
    return {name: value for name, value in values.items() if value is not None}


def _hand_over(
    remote: Remote,
    video: Path | None,
    options: dict[str, Any],
    body: dict[str, Any],
    progress: Any,
) -> tuple[str, list[str]]:
    """Have the service publish the post; returns its publish_id and the service's warnings."""
    if options["photos"]:
        progress(_handed_over(None))
        begun = remote.call("publish-photos", urls=list(options["photos"]), **body)
        progress(_handed_over(begun["publishId"]))
        return str(begun["publishId"]), begun["warnings"]
    if options["url"]:
        begun = remote.call("init-video-upload", videoUrl=options["url"], **body)
    else:
        file = Path(video or "")
        check_filled(file)
        begun = remote.call("init-video-upload", **_labelled(body, file))
        remote.upload(begun["uploadUrl"], file, progress)
    progress(_handed_over(begun["publishId"]))
    published = remote.call("publish-video", publishId=begun["publishId"])
    return str(begun["publishId"]), [*begun["post"]["warnings"], *published["warnings"]]


def _labelled(body: dict[str, Any], file: Path) -> dict[str, Any]:
    """The body of a file's post with the file's name as its label.

    TikTok would show a label without a caption, so a direct post has an empty one. A draft takes
    no caption, and so no label without a warning.
    """
    if body["mode"] == "draft":
        return body
    return {"caption": "", "title": file.name} | body


def _handed_over(publish_id: str | None, state: str = "") -> Progress:
    """The report after submission: from here on the service may publish the post."""
    return Progress(Stage.PROCESSING, note=state, publish_id=publish_id, may_be_published=True)


def _words(post: dict[str, Any], record: dict[str, Any]) -> str:
    name, publish_id = handle(record), post["publishId"]
    if waits_for_approval(post):
        return f"{how_to_decide(post)} (publish_id {publish_id})"
    if post["state"] == "scheduled":
        return f"It goes out for {name} at {post['publishAt']}. (publish_id {publish_id})"
    if post["state"] == "published":
        where = settings.page_url(
            post["link"] or "it isn't public, or TikTok still reviews it: no link yet"
        )
        return f"Published for {name}: {where} (publish_id {publish_id})"
    if post["state"] == "inInbox":
        return (
            f"The draft is in {name}'s TikTok inbox: it is posted when the creator finishes it "
            f"in the app. (publish_id {publish_id})"
        )
    if post["failure"] is not None:
        return f"{failure(post)} (publish_id {publish_id})"
    goes_on = "" if post["state"] in FINAL else "; the service goes on"
    return f"The post is {post['state']}{goes_on}. (publish_id {publish_id})"
