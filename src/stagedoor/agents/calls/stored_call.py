"""The canonical form of a call, in which it is stored, digested, approved and read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel

from stagedoor.connector.errors import InvalidInput, RequestTooLarge
from stagedoor.platform.operation import Operation

from ..decisions.arguments import BadArguments, read_arguments
from .errors import ChangedSince
from .request import CallRequest

MAX_BYTES = 256 << 10


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call in canonical form: calls that would send the same are equal, in text and digest."""

    operation: str
    account: str | None
    arguments: Mapping[str, Any]
    uploads: tuple[str, ...]
    fetch: bool
    again: bool = False
    """The agent asked for another post, even if an equal post exists."""

    @classmethod
    def of(cls, call: CallRequest, request: BaseModel) -> StoredCall:
        """Return the canonical form. Raises `RequestTooLarge` for a call that no person could read,
        `InvalidInput` for a call that text can't represent."""
        try:
            arguments = request.model_dump(mode="json", exclude_none=True)
            again = read_arguments(call.operation, arguments).request
            same = again.model_dump(exclude_none=True) == request.model_dump(exclude_none=True)
        except (ValueError, BadArguments):
            same = False
        if not same:
            raise InvalidInput(
                "The call can't be written down as it is, so no person can approve it."
            )
        stored = cls(
            call.operation.id,
            call.account,
            arguments,
            tuple(call.uploads),
            call.fetch,
            call.again,
        )
        if len(stored.text) > MAX_BYTES:
            raise RequestTooLarge(
                f"A call of more than {MAX_BYTES} bytes is too long to be approved."
            )
        return stored

    @property
    def text(self) -> str:
        values = asdict(self)
        if not self.again:
            del values["again"]  # the form of calls that were stored before this field existed
        return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def read(cls, text: str | None, digest: str) -> StoredCall:
        """Parse a stored call whose digest is unchanged. Raises `ChangedSince`."""
        if text is None or hashlib.sha256(text.encode()).hexdigest() != digest:
            raise ChangedSince("The stored call isn't the one that was approved: nothing was done.")
        values = json.loads(text)
        return cls(**values | {"uploads": tuple(values["uploads"])})

    @staticmethod
    def given(text: str) -> tuple[str, ...]:
        """Return the uploads that a stored call names; none if the text is unreadable."""
        try:
            return tuple(json.loads(text)["uploads"])
        except (KeyError, TypeError, ValueError):
            return ()

    def call_request(self, operation: Operation[..., Any], files: tuple[str, ...]) -> CallRequest:
        """Return the call to make with the files that Stagedoor has; nothing is fetched again."""
        return CallRequest(operation, self.account, self.arguments, files or self.uploads)
