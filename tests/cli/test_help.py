"""The help of every command, and the refusals of wrong options: what a newcomer needs is there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

import stagedoor.cli
from stagedoor.cli.main import cli

_CUT = re.compile(r"[^\]]\.\.\.$", re.MULTILINE)
_LOWER = re.compile(r"UsageError\(\s*f?\"[a-z]")


def _commands(
    command: click.Command = cli, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield above, command
        return
    if above:
        yield above, command
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _commands(found, (*above, name))


COMMANDS = dict(_commands())
RULES = {
    name: command.callback.needs_one  # type: ignore[union-attr]
    for name, command in COMMANDS.items()
    if hasattr(command.callback, "needs_one")
}


def _help(name: tuple[str, ...]) -> str:
    return CliRunner().invoke(cli, [*name, "--help"], terminal_width=80).output


def test_every_subcommand_has_its_whole_sentence_in_the_list() -> None:
    groups = [name for name, command in COMMANDS.items() if isinstance(command, click.Group)]
    assert len(groups) > 10
    for name in groups:
        assert not _CUT.search(_help(name)), name


@pytest.mark.parametrize("name", RULES, ids=" ".join)
def test_what_is_needed_together_is_in_the_help_and_in_the_refusal(name: tuple[str, ...]) -> None:
    command = COMMANDS[name]
    needed = [
        word
        for one in command.params
        for word in _example(one)
        if one.required and not set(one.opts) & {*sum(RULES[name], ())}
    ]
    for names in RULES[name]:
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        words = re.compile(rf"The command needs (exactly|at least) one of {re.escape(listed)}")
        assert words.search(" ".join(_help(name).split()))
        refused = CliRunner().invoke(cli, [*name, *needed])
        assert (refused.exit_code, bool(words.search(refused.output))) == (2, True), refused.output


def _example(parameter: click.Parameter) -> tuple[str, ...]:
    value = "2026-08-30" if parameter.type.name == "day" else "17"
    return (parameter.opts[0], value) if isinstance(parameter, click.Option) else (value,)


def test_the_commands_that_need_one_of_several_options_declare_it() -> None:
    assert {" ".join(name) for name in RULES} == {
        "agents grant",
        "agents sign-out",
        "agents stop",
        "data erase",
        "data find",
        "post",
        "research collect",
        "research jobs query",
        "research query",
        "webhooks change",
        "webhooks reprocess",
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("emulator", "--videos", "3"), "3 must be at least 10, and at most 1,000,000"),
        (("serve", "--port", "x"), "'x' is no whole number"),
        (("videos", "--limit", "0"), "0 must be at least 1"),
        (("posts", "settle", "7", "maybe"), "'OUTCOME': 'maybe' is not one of 'published'"),
        (("agents", "stop", "amy", "--all", "--org", "a"), "exactly one of AGENT and --all"),
        (("post", "a.mp4", "--csv", "b.csv"), "exactly one of VIDEO, --url, --photo and --csv"),
        (
            ("research", "query", "--where", "view_count>=abc"),
            "'view_count>=abc': 'abc' is no number",
        ),
        (("research", "query", "--any", "keyword>a"), "'keyword>a': keyword takes = and no >"),
        (("research", "query", "--not", "view_count>1,2"), "only = takes several values"),
        (("research", "query", "--where", "create_date=2026-02-30"), "is no day"),
        (("research", "query", "--where", "region_code=de"), "is no region that TikTok lists"),
        (("ads", "pause"), "Missing argument 'CAMPAIGN...'"),
    ],
)
def test_a_wrong_value_is_told_in_words(given: tuple[str, ...], words: str) -> None:
    refused = CliRunner().invoke(cli, list(given))
    assert (refused.exit_code, words in refused.output) == (2, True), refused.output


def test_no_help_has_what_only_programmers_read() -> None:
    for name in COMMANDS:
        text = _help(name)
        assert "RANGE" not in text, name
        assert "<=" not in text.replace(">, >=, < and <=", ""), name


def test_refusals_are_sentences() -> None:
    for found in pkgutil.walk_packages(stagedoor.cli.__path__, "stagedoor.cli."):
        if found.name.endswith("__main__"):
            continue
        assert not _LOWER.search(inspect.getsource(importlib.import_module(found.name))), found.name
