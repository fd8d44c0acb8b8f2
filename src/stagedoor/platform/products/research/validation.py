"""Tasks that check whether stored ids are still available (`research.yaml`).

Researchers have to delete what is gone at TikTok; each task checks up to 10,000 ids.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator

from ...errors import TOKEN_INVALID, case
from ...model import OPEN, Answer, AnyId, Id, Request, declared, says
from ...operation import OperationEffect, Retry
from ...protocols.open_api import OPEN_API_TEXT
from .operations import NOT_APPROVED, RESEARCH

MAX_IDS = 10_000
MAX_FILE = 32 * MAX_IDS
"""Bytes: 32 for each id, which has at most 20 digits and a separator."""


class Category(StrEnum):
    VIDEO = "video"
    COMMENT = "comment"


class TaskStatus(StrEnum):
    PROCESSING = "Processing"
    COMPLETED = "Completed"
    FAILED = "Failed"


class NewValidation(Request):
    """Ids to be checked."""

    file_data: Annotated[
        bytes,
        Field(max_length=MAX_FILE),
        says("a text file, one id a line, at most 10,000"),
    ]
    category: Annotated[Category | str, OPEN, declared(Category), says("what the ids are ids of")]

    @field_validator("file_data")
    @classmethod
    def _holds_ids(cls, data: bytes) -> bytes:
        ids = ids_of(data)
        if not ids:
            raise ValueError("holds no id")
        if len(ids) > MAX_IDS:
            raise ValueError(f"holds {len(ids)} ids, TikTok takes {MAX_IDS}")
        return data

    @field_validator("category")
    @classmethod
    def _is_known(cls, category: str) -> str:
        if category not in set(Category):
            raise ValueError(f"must be one of {', '.join(Category)}")
        return category


def ids_of(data: bytes) -> tuple[str, ...]:
    """Parse the ids in a file; ValueError if it has other contents."""
    found = tuple(data.decode("ascii", "replace").replace(",", " ").split())
    for one in found:
        if not one.isdecimal() or len(one) > 20:
            raise ValueError("holds something that is no id")
    return found


class ValidationTask(Request):
    """Which check of ids."""

    task_id: Annotated[AnyId, says("the id that `begin_validation` gave")]


class TaskCreated(Answer):
    """A new validation task."""

    task_id: Id


class TaskState(Answer):
    """The state of a validation task."""

    task_status: Annotated[TaskStatus | str, OPEN]


class ValidIds(Answer):
    """The file with the ids that are still available. A page read in its place would mean that all
    ids are gone."""

    text: str

    @field_validator("text")
    @classmethod
    def _holds_ids(cls, text: str) -> str:
        ids_of(text.encode())
        return text

    @property
    def ids(self) -> tuple[str, ...]:
        return ids_of(self.text.encode())


VALIDATION = replace(RESEARCH, quota=None)

VALIDATION_CREATE = VALIDATION.operation(
    "validation_create",
    "POST",
    "/v2/research/validation_task/create/",
    request=NewValidation,
    response=TaskCreated,
    summary="Begin to check which ids are still available",
    action="Check stored data",
    effect=OperationEffect.WRITE,
    max_body=MAX_FILE + 4_096,
    errors=(TOKEN_INVALID, NOT_APPROVED, case("invalid_params", "bad file or category")),
    source="research.yaml research_validation_task_create",
    confidence="medium",
)

VALIDATION_STATUS = VALIDATION.operation(
    "validation_status",
    "POST",
    "/v2/research/validation_task_status/get/",
    request=ValidationTask,
    response=TaskState,
    summary="Ask how far a check of ids is",
    action="Check stored data",
    retry=Retry.SAFE,
    errors=(TOKEN_INVALID, NOT_APPROVED, case("invalid_params", "the task is unknown")),
    source="research.yaml research_validation_task_status",
    confidence="medium",
)

VALIDATION_RESULT = VALIDATION.operation(
    "validation_result",
    "POST",
    "/v2/research/validation_task/download/",
    request=ValidationTask,
    response=ValidIds,
    summary="Download the ids that are still available",
    action="Check stored data",
    protocol=OPEN_API_TEXT,
    retry=Retry.SAFE,
    errors=(
        TOKEN_INVALID,
        NOT_APPROVED,
        case("invalid_params", "the task is unknown, or isn't completed"),
    ),
    source="research.yaml research_validation_task_download",
    confidence="low",
)
