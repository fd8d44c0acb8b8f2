"""The kinds of data of audiences."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep


def kinds() -> tuple[DataKind, ...]:
    return (
        DataKind(
            name="audienceMembers",
            words="Hashes of members of audiences that wait for TikTok, at most 30 days",
            after_removal="They belong to no account, and go when TikTok has them.",
            keep=Keep(30),
            note="They are encrypted hashes and aren't searched: POST "
            "/api/ads/audiences/<id>/members with the action remove takes a member out.",
        ),
    )
