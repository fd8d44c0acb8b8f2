"""A bound on how deep a policy nests, checked before Cedar parses it.

Cedar's parser is native and recursive: text that nests some thousand levels deep overflows its
stack, which ends the whole process.
"""

from __future__ import annotations

import re

MAX_DEPTH = 40
"""Most brackets that may be open at once."""
MAX_OPERATORS = 150
"""Most operators, attributes and `if`s of one policy: each may be a level of nesting."""

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"'
    r"|//[^\n]*"
    r"|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])"
    r"|(?P<end>;)"
    r"|(?P<operator>&&|\|\||[=!<>]=|[<>+*!.-]|\b(?:if|in|has|like|is)\b)",
    re.DOTALL,
)


def problem(text: str) -> str | None:
    """Return the problem with the nesting of a policy text; None: Cedar may parse it."""
    depth = operators = 0
    for found in _TOKEN.finditer(text):
        if found["open"]:
            depth += 1
            if depth > MAX_DEPTH:
                return f"it nests brackets more than {MAX_DEPTH} levels deep"
        elif found["close"]:
            depth = max(0, depth - 1)
        elif found["end"]:
            operators = 0
        elif found["operator"]:
            operators += 1
            if operators > MAX_OPERATORS:
                return f"one policy has more than {MAX_OPERATORS} operators: write several policies"
    return None
