"""Answers the queries of a running script: the execution stage, with everything that is found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from stagedoor.platform.products.research.vce import QueryTaskStatus, VceStage

from ...calls import AdmittedCall
from ...control.errors import ControlError, invalid
from . import sampling, search
from .question import QueryBody, checked
from .review import Individuals

PAGE = 500
"""Rows in one message to the script."""
_MOST_TASKS = 1_000
_STEPS = (QueryTaskStatus.CREATED, QueryTaskStatus.VALIDATING, QueryTaskStatus.PROCESSING)


class ScriptMessage(BaseModel):
    """A message of the script's client, `pyrqs`."""

    model_config = ConfigDict(extra="forbid")

    do: str
    query: dict[str, Any] | None = None
    task_id: int = 0


@dataclass(slots=True)
class _Task:
    body: QueryBody
    problem: str
    asked: int = 0
    cancelled: bool = False

    @property
    def status(self) -> QueryTaskStatus:
        """A script's task moves with each question for its status: the script runs in real time,
        and the world's clock may stand still."""
        if self.cancelled:
            return QueryTaskStatus.CANCELLED
        if self.asked > 1 and self.problem:
            return QueryTaskStatus.ANALYSIS_FAILED
        return _STEPS[self.asked] if self.asked < len(_STEPS) else QueryTaskStatus.COMPLETED


class ScriptSession:
    """The data that one run of a script reads. `seen` are the individual values among it."""

    def __init__(self, call: AdmittedCall) -> None:
        self._call = call
        self._tasks: dict[int, _Task] = {}
        self._numbers = count(1)
        self.seen = Individuals()
        self.records = 0

    async def answers(self, message: Any) -> AsyncIterator[dict[str, Any]]:
        """The messages that answer one message of the script; the last one has `end`."""
        try:
            order = ScriptMessage.model_validate(message)
            if order.do == "query":
                async for rows in self._rows(_body(order.query)):
                    yield {"rows": rows}
                yield {"end": True}
            elif order.do == "create":
                yield {"value": self._create(_body(order.query)), "end": True}
            else:
                task = self._tasks.get(order.task_id)
                if task is None:
                    raise ControlError(404, f"There is no query task {order.task_id}.")
                if order.do == "result":
                    async for rows in self._result(task):
                        yield {"rows": rows}
                    yield {"end": True}
                else:
                    yield {"value": _changed(order.do, task), "end": True}
        except ControlError as error:
            yield {"error": error.message, "end": True}
        except ValidationError as error:
            yield {"error": invalid(error).message, "end": True}

    async def _rows(self, body: QueryBody) -> AsyncIterator[list[search.Row]]:
        question = checked(body, VceStage.EXECUTION)
        missing, page = question.limit, list[search.Row]()
        for row in search.found(self._call, question):
            if row is None:
                await asyncio.sleep(0)
                continue
            self.seen.add(row)
            self.records += 1
            missing -= 1
            page.append(row)
            if len(page) == PAGE or not missing:
                yield page
                page = []
            if not missing:
                return
        if page:
            yield page

    def _create(self, body: QueryBody) -> int:
        if len(self._tasks) >= _MOST_TASKS:
            raise ControlError(409, f"A script has {_MOST_TASKS:,} query tasks at most.")
        number = next(self._numbers)
        self._tasks[number] = _Task(body, sampling.problem_of(body, VceStage.EXECUTION))
        return number

    async def _result(self, task: _Task) -> AsyncIterator[list[search.Row]]:
        if task.status is not QueryTaskStatus.COMPLETED:
            raise sampling.no_result(task.status, task.problem)
        async for rows in self._rows(task.body):
            yield rows


def _changed(do: str, task: _Task) -> str | bool:
    match do:
        case "status":
            now = task.status
            task.asked += 1
            return now
        case "cancel":
            possible = task.status in _STEPS
            task.cancelled = task.cancelled or possible
            return possible
        case _:
            raise ControlError(400, "pyrqs sent what this emulator doesn't know.")


def _body(query: dict[str, Any] | None) -> QueryBody:
    return QueryBody.model_validate(query or {})
