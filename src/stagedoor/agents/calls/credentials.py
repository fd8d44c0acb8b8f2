"""The check of the credential with which a call would be made."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from stagedoor.connector.integrations.accounts import CredentialKind, Integration
from stagedoor.connector.publishing import accounts
from stagedoor.platform.operation import Operation

from .. import vocabulary


def check(account: Integration, operation: Operation[..., Any], request: BaseModel) -> None:
    """Raise `CredentialMissing` for an account that can't make the call, and `Forbidden` where its
    creator didn't allow it. TikTok API for Business is asked only when the call is made."""
    kind = vocabulary.credential(operation)
    if kind in (None, CredentialKind.CREATOR):
        accounts.check(account, operation, dict(request))
    else:
        account.must_have(kind)
