"""A call as the MCP server or the REST proxy understood it, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from pydantic import BaseModel

from stagedoor.client import Answered
from stagedoor.platform.operation import Operation


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call to make.

    `account` is an integration's id; None if the call needs no account, or none was found.
    `uploads` are files that Stagedoor has already; they replace the source that the post names.
    `fetch`: Stagedoor fetches the source's URLs itself, instead of TikTok. `once`: an equal call
    gets the post that exists (`claims`), unless the agent asks for another post by `again`.
    """

    operation: Operation[..., Any]
    account: str | None
    arguments: Mapping[str, Any] | BaseModel
    uploads: tuple[str, ...] = ()
    fetch: bool = False
    once: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """The answer of a call.

    `said` is the content of TikTok's answer, typed or as `data`. `post`: the call made this post,
    whose outcome is recorded later. `answered`: TikTok's answer as received, if the call was made
    just now. `file`: the answer is a file, open at its beginning; the receiver closes it, which
    deletes it.
    """

    said: Mapping[str, Any] | BaseModel
    log_id: str | None = None
    post: str | None = None
    answered: Answered | None = None
    file: IO[bytes] | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """The content of TikTok's answer in TikTok's spelling, without absent fields."""
        if isinstance(self.said, BaseModel):
            return self.said.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return self.said
