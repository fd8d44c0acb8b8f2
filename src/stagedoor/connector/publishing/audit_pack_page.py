"""An audit pack as one page that a person can read, print and hand in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape

from .audit_pack_schema import AuditPackShown

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
}

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Evidence for post {id}</title>
<style>
body {{ font: 14px/1.5 sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100%; margin-bottom: 2rem }}
th, td {{ border: 1px solid #ccc; padding: .3rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }}
</style>
<h1>Evidence for post {id}</h1>
<p>Made at {made} by Stagedoor. Log ids are TikTok's.</p>
{tables}
</html>
"""


def page(pack: AuditPackShown) -> str:
    """The page; everything that isn't the page's own is escaped."""
    post = pack.post
    tables = [
        _table(
            "Post",
            ("", ""),
            [
                ("TikTok's id", post.tiktok_publish_id),
                ("Account", pack.account_name),
                ("Kind and mode", f"{post.kind}, {post.mode}"),
                ("State", f"{post.state}, {post.visibility}"),
                ("Title", post.title),
                ("Caption", post.caption),
                ("Link", post.link),
                ("Settings", json.dumps(post.settings, ensure_ascii=False)),
                ("Label shown by TikTok", pack.disclosure_label),
                ("Declaration", pack.required_consent),
                ("Consent", None if post.consent is None else post.consent.model_dump_json()),
                ("Approval", None if post.approval is None else post.approval.model_dump_json()),
            ],
        ),
        _table(
            "Creator info, as TikTok answered",
            ("Read at", "Nickname", "Privacy levels", "Longest video", "Log id"),
            [
                (
                    one.at.isoformat(),
                    f"{one.nickname} (@{one.username})",
                    ", ".join(one.privacy_levels),
                    one.max_seconds,
                    one.log_id,
                )
                for one in pack.creator_info
            ],
        ),
        _table(
            "TikTok's Content Sharing Guidelines",
            ("", "Requirement", "Result", "Evidence"),
            [(one.id, one.requirement, one.result, one.evidence) for one in pack.checklist],
        ),
        _table(
            "Steps",
            ("Step", "Started", "Ended", "Outcome", "Log id", "Detail"),
            [
                (
                    step.step,
                    step.started.isoformat(),
                    None if step.ended is None else step.ended.isoformat(),
                    step.outcome,
                    step.log_id,
                    None if step.detail is None else json.dumps(step.detail, ensure_ascii=False),
                )
                for step in post.history
            ],
        ),
    ]
    return _PAGE.format(
        id=escape(post.publish_id), made=pack.made_at.isoformat(), tables="\n".join(tables)
    )


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    lines = [
        "<tr>" + "".join(f"<td>{escape('' if one is None else str(one))}</td>" for one in row)
        for row in rows
    ]
    return f"<h2>{escape(title)}</h2>\n<table>\n<tr>{head}\n" + "\n".join(lines) + "\n</table>"
