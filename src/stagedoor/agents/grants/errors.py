"""Errors about grants."""

from __future__ import annotations

from collections.abc import Sequence

from stagedoor.connector.errors import Conflict, InvalidInput


class PolicyInvalid(InvalidInput):
    """The Cedar text can't be used; `detail` has a line for each problem."""

    code = "policy_invalid"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            f"The policy can't be used: {problems[0]}", detail={"problems": list(problems)}
        )


class ChangedMeanwhile(Conflict):
    """Another request changed the agent's grants."""

    def __init__(self) -> None:
        super().__init__(
            "The agent's grants were changed meanwhile: read them and try again.", retryable=True
        )
