"""`stagedoor post --csv`: posts from a CSV file, through the service."""

from __future__ import annotations

from pathlib import Path

from stagedoor.client.errors import MediaUnreadable

from . import console
from .account import required_service
from .remote import ServiceRefused, snaked


def post_file(
    file: Path, account: str | None, time_zone: str | None, dry_run: bool, as_json: bool
) -> None:
    """Schedule every row of the file, or only check them. Raises `ServiceRefused`, and names every
    problem before."""
    remote = required_service("posts of a file are scheduled by the service")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise MediaUnreadable(f"can't read {file} as UTF-8 text: {why}") from error
    body: dict[str, object] = {"csv": text, "dryRun": dry_run}
    if time_zone is not None:
        body["timeZone"] = time_zone
    with remote:
        if account is not None:
            body["integrationId"] = remote.integration(account)["id"]
        try:
            answer = remote.send("POST", "/api/posts/bulk", body)
        except ServiceRefused as error:
            detail = error.detail or {}
            problems = detail.get("problems", ())
            if len(problems) < 2:
                raise
            for one in problems:
                where = f"row {one.get('row')}" + (f", {one['path']}" if one["path"] else "")
                console.note(f"{where}: {one['reason']}")
            count = console.counted(len(problems) + detail.get("more", 0), "problem")
            raise type(error)(f"{count}. Nothing was scheduled.", detail, error.code) from None
    if as_json:
        console.print_json(snaked(answer))
        return
    console.print_table(
        "Nothing is scheduled yet: this was a dry run" if dry_run else "Scheduled",
        ("Row", "Outcome", "Post", "Goes out at", "To know"),
        [
            (
                row["row"],
                row["outcome"],
                row["publishId"] or "",
                row["expectedAt"] or "",
                " ".join(row["warnings"]),
            )
            for row in answer["rows"]
        ],
    )
