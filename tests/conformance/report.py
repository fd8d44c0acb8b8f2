"""The report of a run: what was asked, what differs from the declarations, what limits were met."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from stagedoor import __version__
from stagedoor.platform.errors import ErrorKind

from .drift import Drift, DriftKind
from .recording import recording_of, version_of, words_of
from .suite import Outcome, Suite
from .undo import NO_UNDO, CleanUp

FORMAT = 1
"""The version of the report's and the recordings' form."""
_LIMITS = ("ratelimit", "rate-limit", "retry-after")


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that TikTok told of: by an error, or by a header."""

    operation: str
    told: str


def limits_of(outcome: Outcome) -> Iterator[Limit]:
    if outcome.kind in (ErrorKind.RATE, ErrorKind.QUOTA) and outcome.problem is not None:
        said = words_of(outcome.problem.message)
        yield Limit(outcome.operation.id, f"{outcome.code}: {said}")
    for name, value in outcome.received.headers.items():
        if any(part in name for part in _LIMITS):
            yield Limit(outcome.operation.id, f"{name}: {value if value.isdecimal() else '...'}")


def drift_of(suite: Suite) -> list[Drift]:
    """All differences; a header that many answers have is told once."""
    found: dict[tuple[str, ...], Drift] = {}
    for outcome in suite.outcomes.values():
        for one in outcome.drift:
            is_header = one.kind is DriftKind.HEADER
            found.setdefault((one.kind, one.at) if is_header else (str(one),), one)
    return list(found.values())


def report_of(suite: Suite, cleaned: Sequence[CleanUp], ended: datetime) -> dict[str, Any]:
    """As JSON. It holds no value of an answer, only names, types, codes and log ids."""
    return {
        "format": FORMAT,
        "stagedoor": __version__,
        "date": ended.isoformat(timespec="seconds"),
        "hosts": asdict(suite.hosts),
        "writes": suite.may_write,
        "operations": {
            name: {
                "declaration": version_of(one.operation),
                "asked": one.moment.isoformat(timespec="seconds"),
                "code": one.code,
                "http": one.received.status,
                "log_id": one.log_id,
            }
            for name, one in suite.outcomes.items()
        },
        "skipped": dict(sorted(suite.skipped.items())),
        "drift": [asdict(one) for one in drift_of(suite)],
        "behaves_otherwise": suite.behaves_otherwise,
        "limits": [asdict(one) for each in suite.outcomes.values() for one in limits_of(each)],
        "left": {one.write: one.left for one in cleaned if one.left is not None},
    }


def write(folder: Path, suite: Suite, cleaned: Sequence[CleanUp], ended: datetime) -> Path:
    """Write the report and the recordings into a new folder in `folder`, named by the time."""
    made = folder / ended.strftime("%Y%m%dT%H%M%SZ")
    (made / "recordings").mkdir(parents=True)
    _dump(made / "report.json", report_of(suite, cleaned, ended))
    secrets = suite.secrets()
    for name, outcome in suite.outcomes.items():
        _dump(made / "recordings" / f"{name}.json", recording_of(outcome, secrets))
    return made


def _dump(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def summary(suite: Suite, cleaned: Sequence[CleanUp]) -> Iterator[str]:
    """The lines of the terminal's summary."""
    drift = drift_of(suite)
    yield f"{len(suite.outcomes)} operations asked, {len(suite.skipped)} skipped"
    for reason, count in Counter(suite.skipped.values()).most_common():
        yield f"  skipped {count}: {reason}"
    yield f"{len(drift)} differences from the declarations" + (":" if drift else "")
    for one in drift:
        yield f"  {one}"
    for name in suite.behaves_otherwise:
        yield f"  behaves otherwise: {name}"
    for each in suite.outcomes.values():
        for limit in limits_of(each):
            yield f"  limit: {limit.operation}: {limit.told}"
    for done in cleaned:
        if done.left not in (None, NO_UNDO):
            yield f"  left behind by {done.write}: {done.left}"
    if kept := [done.write for done in cleaned if done.left == NO_UNDO]:
        yield f"  done for good: {', '.join(kept)}"
