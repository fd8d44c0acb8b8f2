"""Ending one credential of an account at the service."""

from __future__ import annotations

import click

from . import console
from .remote import Remote, handle


def end_credential(remote: Remote, account: str, kind: str) -> None:
    """End the account's credential of this kind, and say what goes on."""
    record = remote.integration(account)
    kinds = [one["kind"] for one in record["credentials"]]
    if kind not in kinds:
        raise click.UsageError(
            f"{handle(record)} has no credential {kind!r}: it has {', '.join(kinds)}."
        )
    remote.send("DELETE", f"/api/integrations/{record['id']}/credentials/{kind}")
    left = [one for one in kinds if one != kind]
    goes_on = f"{', '.join(left)} goes on." if left else "It was the last one: the account is gone."
    console.say(f"The credential {kind} of {handle(record)} has ended. {goes_on}")
