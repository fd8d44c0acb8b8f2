"""A call as a door understood it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from pydantic import BaseModel

from stagedoor.client import Answered
from stagedoor.platform.operation import Operation


@dataclass(frozen=True, slots=True)
class Wanted:
    """`account` is an integration's id; None where none takes part, or none was found.

    `uploads` are files that are here already, in place of what a post's source names. `fetch`:
    Stagedoor fetches a source's URLs itself, where else TikTok does. `once`: an equal call gets
    the post that exists (`claims`), unless the agent asks for another one by `again`.
    """

    operation: Operation[..., Any]
    account: str | None
    arguments: Mapping[str, Any] | BaseModel
    uploads: tuple[str, ...] = ()
    fetch: bool = False
    once: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """`said` is what TikTok's answer carries, typed or as `data`. `post`: the call made a post,
    whose outcome comes later. `answered`: TikTok's answer as it came, where the call was made just
    now. `file`: the answer is a file, open at its beginning; who takes it closes it, and then it
    is gone."""

    said: Mapping[str, Any] | BaseModel
    log_id: str | None = None
    post: str | None = None
    answered: Answered | None = None
    file: IO[bytes] | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """What TikTok's answer carries, in TikTok's spelling; what it didn't say isn't there."""
        if isinstance(self.said, BaseModel):
            return self.said.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return self.said
