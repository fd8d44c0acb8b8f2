"""The range of whole numbers in bodies of control requests and in world files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, field_validator

from stagedoor.platform.model import MAX_INT64


class WithInt64(BaseModel):
    """A body whose whole numbers fit into 64 bits, as TikTok's do, and as the columns have in
    which programs keep them."""

    @field_validator("*")
    @classmethod
    def _fits(cls, value: Any) -> Any:
        if not _fits(value):
            raise ValueError("is no 64-bit number")
        return value


def _fits(value: Any) -> bool:
    if isinstance(value, int):
        return -MAX_INT64 <= value <= MAX_INT64
    if isinstance(value, Mapping):
        return all(map(_fits, value.values()))
    return not isinstance(value, list | tuple) or all(map(_fits, value))
