"""`stagedoor post`: a video or photos, to the profile or to the inbox."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from stagedoor.client import Post, TikTok, Url
from stagedoor.platform import local_times
from stagedoor.platform.media import SAFE_MAX_CHUNK
from stagedoor.platform.products.posting import PrivacyLevel, PublishStatus

from . import console, interruption, settings
from .account import connected, required_service, service
from .option_rules import needs_one
from .params import AnyCase
from .remote import Remote, check_readable, snaked
from .through_service import PostOutcome, through_service
from .underway import Underway

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_DRAFT_PHOTOS_LACK = (
    "privacy",
    "no_comments",
    "no_duet",
    "no_stitch",
    "paid_partnership",
    "own_brand",
)
_DRAFT_VIDEO_LACKS = ("title", "description", *_DRAFT_PHOTOS_LACK, "ai_generated")


@click.command("post")
@needs_one("VIDEO", "--url", "--photo", "--csv", most=1)
@click.argument("video", required=False)
@click.option("--url", help="A video that TikTok downloads itself, instead of a file.")
@click.option("--photo", "photos", multiple=True, metavar="URL", help="A photo; may be repeated.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Have the service schedule a post for each row of this file.",
)
@click.option("--at", metavar="TIME", help="Have the service publish it then: 2026-12-01T09:00.")
@click.option(
    "--time-zone",
    "--timezone",
    help="With --at or --csv: the zone of times without an offset, such as Europe/Berlin.",
)
@click.option("--dry-run", is_flag=True, help="With --csv: check every row, schedule nothing.")
@click.option("--title", help="The caption, with hashtags and mentions.")
@click.option("--description", help="Photos only: the longer text.")
@click.option(
    "--privacy",
    type=AnyCase([level.value for level in PrivacyLevel]),
    metavar="LEVEL",
    help="Who may see it: PUBLIC_TO_EVERYONE, MUTUAL_FOLLOW_FRIENDS, FOLLOWER_OF_CREATOR or "
    "SELF_ONLY, as far as the creator offers it. TikTok wants it chosen: there is no default.",
)
@click.option("--draft", is_flag=True, help="Leave it in the creator's inbox instead.")
@click.option("--no-comments", is_flag=True, help="Turn comments off.")
@click.option("--no-duet", is_flag=True, help="Turn duets off (videos).")
@click.option("--no-stitch", is_flag=True, help="Turn stitches off (videos).")
@click.option("--ai-generated", is_flag=True, help="Label the content as made by AI.")
@click.option("--paid-partnership", is_flag=True, help="Disclose content made for a third party.")
@click.option("--own-brand", is_flag=True, help="Disclose promotion of the creator's business.")
@click.option("--chunk-size", default=SAFE_MAX_CHUNK, help="Bytes a chunk, where the rules allow.")
@click.option("--no-check", is_flag=True, help="Leave the check of the file to TikTok.")
@click.option("--no-wait", is_flag=True, help="Don't wait for TikTok to process it.")
@click.option("--account", help="The connected account to use, by its @handle.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def command(
    video: str | None,
    account: str | None,
    as_json: bool,
    csv_file: Path | None,
    time_zone: str | None,
    dry_run: bool,
    **options: Any,
) -> None:
    """Post VIDEO (a file), a video at a URL, photos, or the rows of a CSV file.

    The file is checked before anything is sent, and what TikTok makes of it is said at the end.
    With STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN set, the service publishes it.
    """
    if csv_file is not None:
        if any(value and name != "chunk_size" for name, value in options.items()):
            raise click.UsageError("With --csv, each row says what is posted: give no more.")
        from .bulk import post_file

        post_file(csv_file, account, time_zone, dry_run, as_json)
        return
    if dry_run:
        raise click.UsageError("--dry-run belongs to --csv.")
    if time_zone and options["at"] is None:
        raise click.UsageError("--time-zone belongs to --at and --csv.")
    if video and _ADDRESS.match(video):
        raise click.UsageError(
            f"{video} is an address, and VIDEO is a file: 'stagedoor post --url {video}' has "
            "TikTok download it."
        )
    file = Path(video) if video else None
    _refuse_what_has_no_place(options)
    if options["at"] is not None:
        options["at"] = _moment(options["at"], time_zone)
        remote: Remote | None = required_service("the service keeps a post until its time")
    else:
        remote = service()
    if remote is not None:
        _check(file)
        with remote:
            _tell(through_service(remote, file, account, options), as_json)
        return
    progress = Underway("TikTok")
    with connected(account) as (tiktok, who), console.bars() as progress.show:
        _check(file)
        if not options["draft"] and options["privacy"] is None:
            offered = ", ".join(tiktok.posts.creator_info().privacy_level_options)
            raise click.UsageError(f"Choose --privacy; @{who.name} offers: {offered}.")
        with interruption.explained(progress.explanation):
            post = _publish(tiktok, file, options, progress)
    if as_json:
        console.print_json(
            {
                "publish_id": post.publish_id,
                "status": str(post.status) or None,
                "post_ids": list(post.post_ids),
                "url": post.url,
            }
        )
        return
    console.say(_words(post, who.name))


def _check(file: Path | None) -> None:
    """Name a file that can't be read before anything else is asked for."""
    if file is not None:
        check_readable(file)


def _moment(text: str, time_zone: str | None) -> str:
    """The time in RFC 3339."""
    try:
        local = None if time_zone is None else local_times.zone(time_zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--time-zone") from None
    try:
        at = local_times.moment(text, local)
    except local_times.NoZone:
        raise click.BadParameter(
            f"{text!r} has no zone: add an offset such as +01:00, or --time-zone Europe/Berlin",
            param_hint="--at",
        ) from None
    except ValueError as error:
        raise click.BadParameter(f"{text!r} {error}", param_hint="--at") from None
    return datetime.fromtimestamp(at, UTC).isoformat()


def _tell(outcome: PostOutcome, as_json: bool) -> None:
    if as_json:
        console.print_json(snaked(outcome.post))
    else:
        console.say(outcome.words)
        for warning in outcome.post["warnings"]:
            console.note(f"Warning: {warning.rstrip('.')}.")
    if outcome.failed:
        raise SystemExit(1)


def _refuse_what_has_no_place(options: dict[str, Any]) -> None:
    """Refuse options that TikTok would ignore: the user would notice only in the published post."""
    names: tuple[str, ...]
    if options["draft"]:
        names = _DRAFT_PHOTOS_LACK if options["photos"] else _DRAFT_VIDEO_LACKS
        why = "the creator chooses that in TikTok when finishing the draft"
    elif options["photos"]:
        names, why = ("no_duet", "no_stitch"), "photos have no duets and no stitches"
    else:
        names, why = ("description",), "a video has one text: put it into --title"
    given = [f"--{name.replace('_', '-')}" for name in names if options[name]]
    if given:
        raise click.UsageError(f"{', '.join(given)} can't be used here: {why}.")


def _publish(tiktok: TikTok, video: Path | None, options: dict[str, Any], progress: Any) -> Post:
    posts, photos = tiktok.posts, options["photos"]
    shared: dict[str, Any] = {"progress": progress}
    if options["no_wait"]:
        shared["wait"] = None
    texts = {"title": options["title"], "description": options["description"]}
    source = Url(options["url"]) if options["url"] else Path(video or "")
    sent = {"check": not options["no_check"], "chunk_size": options["chunk_size"]}
    if options["draft"]:
        if photos:
            made_by_ai = options["ai_generated"] or None
            return posts.send_photos_to_inbox(photos, is_aigc=made_by_ai, **texts, **shared)
        return posts.send_to_inbox(source, **sent, **shared)
    shared |= {
        "privacy_level": options["privacy"],
        "disable_comment": options["no_comments"] or None,
        "brand_content": options["paid_partnership"] or None,
        "brand_organic": options["own_brand"] or None,
        "is_aigc": options["ai_generated"] or None,
    }
    if photos:
        return posts.publish_photos(photos, **texts, **shared)
    return posts.publish_video(
        source,
        title=options["title"],
        disable_duet=options["no_duet"] or None,
        disable_stitch=options["no_stitch"] or None,
        **sent,
        **shared,
    )


def _words(post: Post, name: str) -> str:
    if post.status == PublishStatus.SEND_TO_USER_INBOX:
        return (
            f"The draft is in @{name}'s TikTok inbox: it is posted when the creator finishes it "
            f"in the app. (publish_id {post.publish_id})"
        )
    if post.status == PublishStatus.PUBLISH_COMPLETE:
        where = settings.page_url(
            post.url or "it isn't public, or TikTok still reviews it: no link yet"
        )
        return f"Published for @{name}: {where} (publish_id {post.publish_id})"
    return f"TikTok has it and goes on processing. (publish_id {post.publish_id})"
