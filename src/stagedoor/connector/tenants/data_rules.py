"""The kinds of data of tenants."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep
from .models import answers


def kinds() -> tuple[DataKind, ...]:
    return (
        DataKind(
            name="keptAnswers",
            words="Answers that repeated requests with an Idempotency-Key get again",
            after_removal="They end a day after the request.",
            keep=Keep(1),
            tables=(answers,),
            note="They are encrypted and can't be searched; each ends a day after its request.",
        ),
    )
