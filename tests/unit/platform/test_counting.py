"""Numbers and their nouns agree, in every message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stagedoor
from stagedoor.platform.counting import agreeing, counted

NEVER_ONE = {
    "agents/identity/errors.py": "several agents of one name",
    "agents/approvals/preview.py": "one photo has words of its own",
    "agents/audit/excerpt.py": "what was left out of many",
    "agents/tools/bounds.py": "a list that was cut",
    "platform/bounds.py": "more than a bound",
    "platform/products/research/query.py": "more than one value",
    "platform/products/research/validation.py": "more than a bound",
    "platform/products/business_audiences/models.py": "more than a bound",
    "platform/products/business_ads/common.py": "more than a bound",
    "platform/products/business_events/models.py": "more than a bound, or none",
    "connector/creatives/service.py": "more than one photo",
    "connector/vault/service.py": "a repr",
    "client/archive/members.py": "more than a bound",
    "client/archive/reader.py": "more than one file",
}
_COUNTED = re.compile(r"\{len\([^{}]*\)(?::,)?\} [a-z]+s\b")


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 posts wait"), (1, "1 post waits"), (2_000, "2,000 posts wait")]
)
def test_the_verb_follows_the_number(count: int, words: str) -> None:
    assert agreeing(count, "post", "waits", "wait") == words
    assert words.startswith(counted(count, "post"))
    assert counted(count, "entry", "entries").endswith("entry" if count == 1 else "entries")


def test_no_message_has_a_plural_that_may_be_one() -> None:
    root = Path(stagedoor.__file__).parent
    found = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if _COUNTED.search(path.read_text())
    }
    assert {name for name in found if not name.startswith("emulator/")} <= NEVER_ONE.keys()
