"""`stagedoor agents`: manage AI agents, their grants, keys and sign-ins; explain decisions."""

from __future__ import annotations

import json
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

import stagedoor.agents

from . import terminal
from .gateway import open_gateway, options
from .group import CommandGroup
from .option_rules import needs_one
from .params import Positive


@click.group("agents", cls=CommandGroup)
def command() -> None:
    """Make AI agents, and say what each may do. An agent may do nothing until it is given it."""


@command.command("create")
@click.argument("name")
@click.option("--preset", help="Give it a preset: reader, drafter, publisher and others.")
@click.option(
    "--days", default=365.0, type=Positive(3_650), show_default=True, help="How long its key lives."
)
@click.option(
    "--tools",
    type=click.Choice(("jobs", "operations", "all")),
    default="jobs",
    show_default=True,
    help="Which tools it is shown.",
)
@options
def create(
    name: str, preset: str | None, days: float, tools: str, org: str, data: Path | None
) -> None:
    """Make an agent and print its id and its key. The key is shown this once."""
    with open_gateway(data) as agents:
        from pydantic import TypeAdapter, ValidationError

        from stagedoor.agents.identity.toolset import Toolset
        from stagedoor.connector.shapes import MAX_NAME, ShownName

        try:
            TypeAdapter(ShownName).validate_python(name)
        except ValidationError:
            raise click.BadParameter(
                f"an agent's name has 1 to {MAX_NAME} characters, none of which steers a terminal, "
                "and one at least that can be seen",
                param_hint="NAME",
            ) from None
        policy = None if preset is None else _preset(agents, org, preset)
        new = agents.identity.create(
            org, uuid.uuid4().hex, name, "cli", key_days=days, tools=Toolset(tools)
        )
        if policy is not None:
            agents.grants.put(org, new.agent.id, policy, "cli")
        terminal.say(new.agent.id)
        terminal.say(new.secret)


@command.command("list")
@options
def list_agents(org: str, data: Path | None) -> None:
    """List the agents with what each was given."""
    with open_gateway(data) as agents:
        cursor, found = None, False
        while True:
            page = agents.identity.page(org, cursor)
            for agent in page.items:
                state = "stopped" if agent.stopped is not None else "may act"
                keys = ", ".join(f"{key.prefix}… until {_day(key.ends)}" for key in agent.keys)
                terminal.say(f"{agent.id}  {_name(agent)}  {state}  {keys}")
                _say_grants(agents.grants.get(org, agent.id))
            found = found or bool(page.items)
            cursor = page.next_cursor
            if cursor is None:
                break
        if not found:
            terminal.note(f"{org} has no agents: 'stagedoor agents create' makes one.")


@command.command("grant")
@needs_one("--preset", "--grants", "--cedar", most=1)
@click.argument("agent")
@click.option("--preset", help="A preset.")
@click.option(
    "--grants",
    "file",
    type=click.File("r"),
    help='JSON: a list of grants, or {"grants": [...]} as the API takes it.',
)
@click.option("--cedar", type=click.File("r"), help="A Cedar policy.")
@click.option("--dry-run", is_flag=True, help="Say what it would mean, and change nothing.")
@options
def grant(
    agent: str,
    preset: str | None,
    file: Any,
    cedar: Any,
    dry_run: bool,
    org: str,
    data: Path | None,
) -> None:
    """Replace everything that AGENT (name or id) was given."""
    with open_gateway(data) as agents:
        from stagedoor.agents.grants.policy import parse

        found = agents.identity.find(org, agent)
        if preset is not None:
            policy = _preset(agents, org, preset)
        elif cedar is not None:
            policy = parse(cedar.read(), check=True)
        else:
            policy = agents.grants.policy(org, _listed(file.read()))
        if not dry_run:
            given = agents.grants.put(org, found.id, policy, "cli")
            terminal.say(
                f"{_name(found)} may do this from its next call on (version {given.version}):"
            )
            now = agents.grants.get(org, found.id)
            _say_grants(now)
            if now.grants is not None and not now.grants:
                terminal.say("    nothing")
            return
        before = agents.grants.get(org, found.id)
        preview = agents.previews.preview(org, found.id, before, policy)
        for sign, lines in (("-", preview.removed), ("+", preview.added)):
            for line in lines:
                terminal.say(f"{sign} {line}")
        for past in preview.otherwise:
            terminal.say(f"{_moment(past.at)}  would be {past.would_be}: {past.sentence}")
        looked_at = terminal.counted(preview.looked_at, "past call")
        terminal.say(
            f"{len(preview.otherwise)} of {looked_at} would have been decided "
            "otherwise. Nothing was changed."
        )


@command.command("keys")
@click.argument("agent")
@click.option(
    "--overlap",
    default=24.0,
    type=Positive(2_160, zero=True),
    show_default=True,
    help="Hours that old keys go on.",
)
@click.option(
    "--days",
    default=365.0,
    type=Positive(3_650),
    show_default=True,
    help="How long the new one lives.",
)
@options
def keys(agent: str, overlap: float, days: float, org: str, data: Path | None) -> None:
    """Print a new key for AGENT, this once; those before it end after the overlap."""
    with open_gateway(data) as agents:
        found = agents.identity.find(org, agent)
        terminal.say(agents.identity.rotate(org, found.id, overlap, days, "cli").secret)


@command.command("stop")
@needs_one("AGENT", "--all", most=1, hint="'stagedoor agents list' lists the agents")
@click.argument("agent", required=False)
@click.option("--all", "everyone", is_flag=True, help="Every agent of the organisation.")
@options
def stop(agent: str | None, everyone: bool, org: str, data: Path | None) -> None:
    """Stop AGENT, or all: from the next call on nothing is allowed."""
    with open_gateway(data) as agents:
        if agent is None:
            stopped = agents.identity.stop_all(org, "cli")
            was = "was" if stopped == 1 else "were"
            terminal.say(f"{terminal.counted(stopped, 'agent')} {was} stopped.")
            return
        found = agents.identity.find(org, agent)
        agents.identity.stop(org, found.id, "cli")
        terminal.say(f"{_name(found)} was stopped.")


@command.command("resume")
@click.argument("agent")
@options
def resume(agent: str, org: str, data: Path | None) -> None:
    """Let AGENT go on after a stop, with the grants and keys that it has."""
    with open_gateway(data) as agents:
        found = agents.identity.find(org, agent)
        agents.identity.change(org, found.id, {"stopped": False}, "cli")
        terminal.say(f"{_name(found)} may act again.")


@command.command("delete")
@click.argument("agent")
@click.option("--yes", is_flag=True, help="Don't ask.")
@options
def delete(agent: str, yes: bool, org: str, data: Path | None) -> None:
    """Delete AGENT with its keys, sign-ins and grants. What it did stays in the audit."""
    with open_gateway(data) as agents:
        found = agents.identity.find(org, agent)
        if (
            not yes
            and terminal.ask(f"Delete {_name(found)} ({found.id})? Type its name") != found.name
        ):
            raise click.ClickException("that isn't its name: nothing was deleted")
        agents.identity.delete(org, found.id, "cli")
        terminal.say(f"{_name(found)} was deleted.")


@command.command("sign-in")
@click.argument("agent")
@options
def sign_in(agent: str, org: str, data: Path | None) -> None:
    """Print a code for the page on which an MCP client asks to act as AGENT. It counts once, and
    for ten minutes."""
    with open_gateway(data) as agents:
        found = agents.identity.find(org, agent)
        words = "Make a code with which an MCP client signs in as an agent"
        with agents.people_log.recorded(org, "makeSignInCode", words):
            code = agents.oauth.sign_in_code(org, found.id, "cli").code
        terminal.say(code)


@command.command("sign-ins")
@click.argument("agent")
@options
def sign_ins(agent: str, org: str, data: Path | None) -> None:
    """List the MCP clients that may act as AGENT. Their names are their own: nobody checked
    them."""
    with open_gateway(data) as agents:
        found = agents.identity.find(org, agent)
        listed = agents.oauth.sign_ins(org, found.id)
        if not listed:
            terminal.note(f"No MCP client is signed in as {_name(found)}.")
        for one in listed:
            proof = "a code" if one.key is None else f"the key {one.key}…"
            used = "never" if one.last_used is None else _moment(one.last_used)
            terminal.say(
                f"{one.id}  {one.client}  by {proof}, last used {used}, until {_day(one.ends)}"
            )
            terminal.say(f"    answers to {one.redirect_uri}")


@command.command("sign-out")
@needs_one("SIGN_IN", "--all", most=1, hint="'stagedoor agents sign-ins' lists the sign-ins")
@click.argument("agent")
@click.argument("sign_in", required=False)
@click.option("--all", "everyone", is_flag=True, help="Every client that signed in as AGENT.")
@options
def sign_out(agent: str, sign_in: str | None, everyone: bool, org: str, data: Path | None) -> None:
    """End one of AGENT's sign-ins by its id, or all: from its next call on the client may do
    nothing."""
    with open_gateway(data) as agents:
        found = agents.identity.find(org, agent)
        words = "End sign-ins of MCP clients as an agent"
        with agents.people_log.recorded(org, "endSignIn", words, stops=True):
            ended = agents.oauth.end(org, found.id, sign_in)
        was = "was" if ended == 1 else "were"
        terminal.say(f"{terminal.counted(ended, 'sign-in')} {was} ended.")


@command.command("stdio")
@click.option(
    "--url",
    default="http://127.0.0.1:8700",
    show_default=True,
    help="The service's address.",
)
def stdio(url: str) -> None:
    """Serve an agent's tools to an MCP client that starts this command. The agent's key is in
    STAGEDOOR_AGENT_KEY."""
    key = os.environ.get("STAGEDOOR_AGENT_KEY", "").strip()
    if not key:
        raise click.ClickException(
            "STAGEDOOR_AGENT_KEY is missing: set it to the key that 'stagedoor agents create' "
            "printed (sda_...)"
        )
    import asyncio

    from stagedoor.agents.mcp.bridge import BridgeError, serve

    try:
        asyncio.run(serve(url, key))
    except BridgeError as error:
        raise click.ClickException(str(error)) from None


@command.command("explain")
@click.argument("agent")
@click.argument("operation")
@click.argument("arguments", default="{}")
@click.option("--account", help="The account's handle or id; the only one without.")
@options
def explain(
    agent: str, operation: str, arguments: str, account: str | None, org: str, data: Path | None
) -> None:
    """Say what AGENT would be told: OPERATION is an id such as posting.video_init, ARGUMENTS
    TikTok's own as JSON. Nothing is done or recorded."""
    with open_gateway(data) as agents:
        found = agents.identity.find(org, agent)
        at = _account(agents, org, account)
        decision = agents.gate.explain(org, found.id, operation, at, _object(arguments))
        terminal.say(decision.sentence)
        terminal.say(f"rule: {decision.rule}")


def _name(agent: stagedoor.agents.Agent) -> str:
    from stagedoor.agents.quoting import name

    return name(agent.name, agent.id)


def _account(agents: stagedoor.agents.Agents, org: str, name: str | None) -> str | None:
    from stagedoor.agents.connected_accounts import connected

    listed = connected(agents.services.integrations, org)
    if name is None:
        return listed[0].id if len(listed) == 1 else None
    for one in listed:
        if name.removeprefix("@") in (one.id, one.grant.username):
            return one.id
    return name


def _preset(agents: stagedoor.agents.Agents, org: str, name: str) -> Any:
    from stagedoor.agents.grants.presets import PRESETS, Preset

    try:
        chosen = PRESETS[Preset(name)]
    except ValueError:
        raise click.BadParameter(f"there are {', '.join(Preset)}", param_hint="--preset") from None
    return agents.grants.policy(org, chosen)


def _listed(text: str) -> Any:
    """The grants in a file: a list, or the same body as the API's route takes."""
    from pydantic import TypeAdapter, ValidationError

    from stagedoor.agents.grants.grant import Grant, GrantList
    from stagedoor.platform.model import problems_of

    try:
        if text.lstrip().startswith("{"):
            return list(GrantList.model_validate_json(text).grants)
        return TypeAdapter(list[Grant]).validate_json(text)
    except ValidationError as error:
        path, why = problems_of(error)[0]
        raise click.BadParameter(f"{path}: {why}", param_hint="--grants") from None


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise click.BadParameter("must be a JSON object", param_hint="ARGUMENTS")
    return found


def _day(at: float | None) -> str:
    return "its end" if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}Z"


def _say_grants(given: Any) -> None:
    """Print what an agent may do, a line for each grant."""
    from stagedoor.agents.grants import words

    for grant in given.grants or ():
        terminal.say(f"    {words.of(grant)}")
    if given.grants is None:
        terminal.say("    a policy written by hand")
