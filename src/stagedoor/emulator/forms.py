"""Parses an HTML form's body."""

from __future__ import annotations

from urllib.parse import parse_qsl

from stagedoor.platform.encodable import first_problem
from stagedoor.platform.wire import MAX_PAIRS

from .calls import Refusal


def fields(body: bytes) -> dict[str, str]:
    """Parse the form's fields; of a repeated name, the last counts. Refuses an invalid form."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_PAIRS)
    except ValueError:
        raise Refusal("invalid_params", "The form could not be read.") from None
    found = dict(pairs)
    if (problem := first_problem(found)) is not None:
        raise Refusal("invalid_params", " ".join(problem).strip())
    return found
