"""Every declared operation has an example, and every example belongs to a declared operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from stagedoor.agents.tools import task_tools
from stagedoor.emulator import Emulator
from stagedoor.platform import catalogue
from stagedoor.platform.operation import BrowserPage, Operation, OperationEffect
from tests.examples import EXAMPLES, Seeded, example_of, missing, request_of
from tests.examples.tools import TOOLS, tool_example
from tests.support.every import every

OPERATIONS = list(catalogue.operations().values())
PAGES = list(catalogue.pages().values())

DECLARED: list[Operation[..., Any] | BrowserPage] = [*OPERATIONS, *PAGES]

each_operation = every("operation", OPERATIONS, ids=lambda one: one.id)


@pytest.fixture(scope="module")
def seeded() -> Iterator[Seeded]:
    emulator = Emulator()
    yield Seeded(emulator.world)
    emulator.close()


@every("declared", DECLARED, ids=lambda one: str(one.id))
def test_what_is_declared_has_an_example(declared: Operation[..., Any] | BrowserPage) -> None:
    assert declared.id in EXAMPLES, missing(declared.id)
    assert EXAMPLES[declared.id].declared is declared


def test_each_example_is_of_something_that_is_declared() -> None:
    known = {one.id for one in DECLARED}
    assert EXAMPLES.keys() - known == set(), "examples of operations that aren't declared any more"


@each_operation
def test_the_request_of_an_example_can_be_sent(
    operation: Operation[..., Any], seeded: Seeded
) -> None:
    assert isinstance(request_of(operation, seeded), BaseModel)


@each_operation
def test_the_example_of_a_write_says_where_its_effect_is_seen(
    operation: Operation[..., Any],
) -> None:
    effect = example_of(operation).effect
    if operation.effect is OperationEffect.READ:
        assert effect is None
        return
    assert effect is not None, f"give the example of {operation.id} an effect"
    assert effect is not operation


@each_operation
def test_the_published_limits_are_declared(operation: Operation[..., Any]) -> None:
    example, quota = example_of(operation), operation.quota
    declared = tuple((one.requests, one.per_seconds) for one in operation.limits)
    assert declared == example.limits
    assert (None if quota is None else quota.pool) == example.pool


def test_each_job_tool_that_calls_tiktok_has_an_example(seeded: Seeded) -> None:
    calling = {tool.name: tool for tool in task_tools.tools() if tool.own is None}
    for name, tool in calling.items():
        example = tool_example(name)
        assert example.operation in tool.does, name
        known = tool.input["properties"].keys()
        assert example.arguments(seeded).keys() <= known, name
    assert TOOLS.keys() - calling.keys() == set(), "examples of tools that aren't there any more"
