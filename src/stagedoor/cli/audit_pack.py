"""`stagedoor audit-pack`: the evidence about a post for TikTok's audit of an app."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import click

from stagedoor.client.errors import ConfigurationError

from . import console
from .account import service
from .remote import snaked


@click.command("audit-pack")
@click.argument("publish_id")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page (HTML) to this file, to print or hand in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole pack as JSON.")
def command(publish_id: str, output: Path | None, as_json: bool) -> None:
    """Show what the service recorded about the post PUBLISH_ID: creator info as TikTok answered,
    privacy, disclosure, consent, steps with TikTok's log ids, and what is lacking.

    It needs STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN.
    """
    remote = service()
    if remote is None:
        raise ConfigurationError(
            "the record of a post is the service's: set STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN"
        )
    path = f"/api/posts/{quote(publish_id, safe='')}/audit-pack"
    with remote:
        if output is not None:
            output.write_text(remote.text(f"{path}?format=html"), encoding="utf-8")
            console.note(f"Written to {output}.")
            if not as_json:
                return
        pack = remote.send("GET", path)
    if as_json:
        console.print_json(snaked(pack))
        return
    console.print_table(
        f"Evidence for post {publish_id}",
        ("Id", "Result", "Requirement", "Evidence"),
        [
            (one["id"], one["result"], one["requirement"], one["evidence"])
            for one in pack["checklist"]
        ],
    )
