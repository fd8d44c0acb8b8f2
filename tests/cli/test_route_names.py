"""Errors of the service name commands at a terminal, in the place of routes."""

from __future__ import annotations

import click
import pytest

from stagedoor.cli.main import cli
from stagedoor.cli.route_names import COMMANDS, as_commands
from stagedoor.connector.inbox.errors import NoConversation
from stagedoor.connector.publishing.errors import NoPost


@pytest.mark.parametrize("route", COMMANDS)
def test_a_route_is_told_as_a_command_that_there_is(route: str) -> None:
    found: click.Command | None = cli
    *words, last = COMMANDS[route].split()
    options = [last] if last.startswith("--") else []
    for word in [*words, *([] if options else [last])]:
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), word)
    assert found is not None, COMMANDS[route]
    names = {name for one in found.params for name in one.opts}
    assert names.issuperset(options)
    assert as_commands(f"{route} lists them.") == f"'stagedoor {COMMANDS[route]}' lists them."


def test_sentences_of_the_service_have_their_routes_replaced_whole() -> None:
    assert "'stagedoor posts list' lists" in as_commands(NoPost().message)
    assert "'stagedoor inbox list' lists" in as_commands(NoConversation().message)
    told = as_commands("this one instead, with POST .../hide.")
    assert told == "this one instead, with 'stagedoor inbox hide'."
    told = as_commands("GET /api/ads/campaigns?accountId= lists those of an ad account.")
    assert told.startswith("'stagedoor ads campaigns' lists")
    settle = 'settle it with PATCH {"resolution": "published"} or {"resolution": "notPublished"}.'
    assert as_commands(settle) == "settle it with 'stagedoor posts settle POST OUTCOME'."
    kept = "send it again with PUT /api/apps/tiktok."
    assert as_commands(kept) == kept
