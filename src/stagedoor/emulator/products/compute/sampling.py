"""The test stage: random samples of what queries find, 5,000 records a day, and query tasks."""

from __future__ import annotations

import asyncio
import random
from functools import partial

from pydantic import ValidationError

from stagedoor.platform.products.research.vce import QueryTaskStatus, VceStage

from ... import quotas
from ...calls import AdmittedCall
from ...control.errors import ControlError, unknown
from ...world import App, World
from ...world.ids import drawn
from ...world.state import SpentQuota
from . import search
from .question import CheckedQuery, QueryBody, checked
from .search import Order, Row
from .state import QUERY_TASKS, QueryTask

POOL = "vce_test"
_MOST_TASKS = 1_000
_FINAL = {QueryTaskStatus.COMPLETED, QueryTaskStatus.ANALYSIS_FAILED, QueryTaskStatus.CANCELLED}


def left(world: World, app: App) -> int:
    """The records that the app's organisation still gets today."""
    return max(0, world.settings.compute_test_records - _spent(world, app).records)


def _spent(world: World, app: App) -> SpentQuota:
    return quotas.spent(world, app.developer_id, POOL)


async def query(call: AdmittedCall, app: App, body: QueryBody) -> list[Row]:
    """A random sample of what the query finds. Raises `ControlError`."""
    question = checked(body, VceStage.TEST)
    return await _counted(call, app, question, call.world.ids.order)


async def _counted(call: AdmittedCall, app: App, question: CheckedQuery, order: Order) -> list[Row]:
    """A sample that counts for the day's limit; it has no more records than are left."""
    world, most = call.world, min(question.limit, left(call.world, app))
    if not most:
        raise ControlError(
            429,
            f"The test stage gives {world.settings.compute_test_records:,} records a day, and they "
            "are used up until 00:00 UTC. In the execution stage scripts read without this limit.",
        )
    spent = _spent(world, app)
    spent.records += most
    rows: list[Row] = []
    try:
        rows = await _sample(call, question, most, order)
    finally:
        spent.records -= most - len(rows)
    return rows


async def _sample(call: AdmittedCall, question: CheckedQuery, most: int, order: Order) -> list[Row]:
    rows: list[Row] = []
    least = call.world.settings.compute_test_followers
    for row in search.found(call, question, order, least):
        if row is None:
            await asyncio.sleep(0)
            continue
        rows.append(row)
        if len(rows) == most:
            break
    return rows


def create(world: World, app: App, body: QueryBody) -> QueryTask:
    """Begin a query task. A wrong query makes it fail later, as the status AnalysisFailed says."""
    tasks = world[QUERY_TASKS]
    while len(tasks) >= _MOST_TASKS:
        del tasks[next(iter(tasks))]
    return tasks.add(
        QueryTask(
            id=world.ids.number(world.now()),
            client_key=app.client_key,
            question=body.model_dump(mode="json"),
            created=world.now(),
            problem=problem_of(body, VceStage.TEST),
        )
    )


def problem_of(body: QueryBody, stage: VceStage) -> str:
    """The problem of a query; empty: it has none."""
    try:
        checked(body, stage)
    except ControlError as error:
        return error.message
    return ""


def task(world: World, app: App, task_id: str) -> QueryTask:
    found = world[QUERY_TASKS].get(task_id)
    if found is None or found.client_key != app.client_key:
        raise unknown("query task", task_id)
    return found


def status(world: World, task: QueryTask) -> QueryTaskStatus:
    """Created, Validating and Processing take a third of the task's time each."""
    now = world.now() if task.cancelled is None else task.cancelled
    third = world.settings.compute_task_seconds / 3
    passed = now - task.created
    if passed < 2 * third or (passed < 3 * third and not task.problem):
        if task.cancelled is not None:
            return QueryTaskStatus.CANCELLED
        steps = [QueryTaskStatus.CREATED, QueryTaskStatus.VALIDATING, QueryTaskStatus.PROCESSING]
        return steps[int(passed / third)]
    return QueryTaskStatus.ANALYSIS_FAILED if task.problem else QueryTaskStatus.COMPLETED


def cancel(world: World, task: QueryTask) -> bool:
    """Cancel a task that hasn't ended; whether it was cancelled."""
    if status(world, task) in _FINAL:
        return False
    task.cancelled = world.now()
    return True


def no_result(status: QueryTaskStatus, problem: str) -> ControlError:
    why = f": {problem}" if status is QueryTaskStatus.ANALYSIS_FAILED else ""
    return ControlError(409, f"The query task has no result, it is {status}{why}.")


async def result(call: AdmittedCall, app: App, task: QueryTask) -> list[Row]:
    """The rows of a completed task: the same sample each time, counted once."""
    now = status(call.world, task)
    if now is not QueryTaskStatus.COMPLETED:
        raise no_result(now, task.problem)
    try:
        body = QueryBody.model_validate(task.question)
    except ValidationError as error:  # of a state file that somebody changed
        raise ControlError(409, "The query task's query can't be read any more.") from error
    question = checked(body, VceStage.TEST)
    # reproducible, and nothing secret
    order = partial(drawn, random.Random(task.id))
    if task.taken is not None:
        return await _sample(call, question, task.taken, order) if task.taken else []
    rows = await _counted(call, app, question, order)
    task.taken = len(rows)
    return rows
