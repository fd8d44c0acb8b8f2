"""An operation as the gate needs it, and the rules of its API."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from stagedoor.platform.operation import ByValue, ByValues, Operation, Subject
from stagedoor.platform.records import frozen

from .calls import AdmittedCall, Handler
from .limits import Windows


class Access(ABC):
    """The rules of one API, as steps of the gate. Each raises a `Refusal`."""

    __slots__ = ()

    @abstractmethod
    def identify(self, plan: Plan, call: AdmittedCall, value: str | None) -> None:
        """Put the owner of the access token into the call."""

    @abstractmethod
    def pace(self, plan: Plan, call: AdmittedCall, windows: Windows) -> None:
        """Count the call, unless one of its windows is full."""

    @abstractmethod
    def admit(self, plan: Plan, call: AdmittedCall) -> None:
        """Refuse a token without a permission that allows the call."""

    @abstractmethod
    def authorize(self, plan: Plan, call: AdmittedCall, windows: Windows) -> None:
        """Check the credentials in the body of a parsed request."""


@frozen
class Plan:
    """An operation with the precomputed values that the gate needs."""

    operation: Operation[..., Any]
    handler: Handler
    product: str
    token: Subject | None
    """The owner of the access token that a call carries; None: no token."""
    lets_in: frozenset[str]
    """Any of these scopes allows a call; empty: no scope is needed."""
    by_field: Mapping[str, str] | None
    by_value: ByValue | None
    by_values: ByValues | None
    also_spent: bool
    """A single-use scope that was spent allows a call as well."""
    takes_body: bool
    offers_token: bool
    """A token in the header can take the place of the app's secret."""
    access: Access
    """Authentication, permissions and limits of the operation's API."""
    spools: bool
    """The body may have a large file, which is written to disk as it arrives."""
