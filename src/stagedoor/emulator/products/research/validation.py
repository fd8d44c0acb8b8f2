"""The validation tasks: which of a list of stored ids are still available."""

from __future__ import annotations

from stagedoor.platform.products.research.validation import (
    Category,
    NewValidation,
    TaskStatus,
    ids_of,
)
from stagedoor.platform.protocols.protocol import Note

from ...calls import AdmittedCall, EnvelopeAnswer, Refusal
from ..community.state import COMMENTS
from .scope import may_show
from .state import VALIDATIONS, Validation


def create(call: AdmittedCall) -> EnvelopeAnswer:
    request: NewValidation = call.request
    task = Validation(
        id=call.world.ids.number(call.now),
        client_key=call.app.client_key if call.app else "",
        category=str(request.category),
        created=call.now,
        ids=list(ids_of(request.file_data)),
    )
    call.world[VALIDATIONS].add(task)
    return EnvelopeAnswer({"task_id": int(task.id)})


def status(call: AdmittedCall) -> EnvelopeAnswer:
    found = TaskStatus.COMPLETED if _is_done(call, _own(call)) else TaskStatus.PROCESSING
    return EnvelopeAnswer({"task_status": found.value}, Note("ok.", states_status=True))


def result(call: AdmittedCall) -> bytes:
    """The result file: the ids that are available now, one per line."""
    task = _own(call)
    if not _is_done(call, task):
        raise Refusal("invalid_params", "The task isn't completed.")
    return "".join(f"{one}\n" for one in task.ids if _is_there(call, task, one)).encode()


def _own(call: AdmittedCall) -> Validation:
    task = call.world[VALIDATIONS].get(call.request.task_id)
    if task is None or call.app is None or task.client_key != call.app.client_key:
        raise Refusal("invalid_params", "task_id: is invalid")
    return task


def _is_done(call: AdmittedCall, task: Validation) -> bool:
    return call.now >= task.created + call.world.settings.validation_seconds


def _is_there(call: AdmittedCall, task: Validation, one: str) -> bool:
    world = call.world
    if task.category == Category.COMMENT:
        comment = world[COMMENTS].get(one)
        if comment is None or comment.deleted:
            return False
        one = comment.video_id
    video = world.videos.get(one)
    return video is not None and may_show(call, video)
