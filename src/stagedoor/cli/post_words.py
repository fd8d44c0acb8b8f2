"""Sentences about a post of the service: where it stands, and what to do next."""

from __future__ import annotations

from typing import Any

from .route_names import as_commands


def waits_for_approval(post: dict[str, Any]) -> bool:
    """Whether nothing happens before an admin has approved the post."""
    approval = post["approval"]
    asked = approval is not None and approval["state"] == "waiting"
    return asked and post["state"] in ("draft", "failed")


def how_to_decide(post: dict[str, Any]) -> str:
    """The sentence that names the commands which decide about a post that waits."""
    publish_id, at = post["publishId"], post["publishAt"]
    goes_out = f"publishes it at {at}" if at else "publishes it"
    return (
        f"It waits for an admin's approval: 'stagedoor posts approve {publish_id}' {goes_out}, "
        f"'stagedoor posts refuse {publish_id} --note WHY' doesn't."
    )


def standing(post: dict[str, Any]) -> str:
    """The post's state in a few words."""
    if waits_for_approval(post):
        return f"{post['state']}, waits for approval (of {post['approval']['askedBy']})"
    if post["state"] == "scheduled":
        return f"scheduled for {post['expectedAt'] or post['publishAt']}"
    return str(post["state"])


def refusal(post: dict[str, Any]) -> str:
    """Why an admin refused the post as it is; empty if none did."""
    approval = post["approval"]
    if approval is None or approval["state"] != "refused":
        return ""
    return f"{approval['decidedBy']} refused it: {approval['reason']}"


def failure(post: dict[str, Any]) -> str:
    """Why the post failed and what to do; empty if it didn't."""
    failed = post["failure"]
    if failed is None:
        return ""
    return as_commands(" ".join(filter(None, (failed["message"], failed["remedy"]))))
