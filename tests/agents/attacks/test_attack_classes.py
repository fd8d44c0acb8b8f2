"""Every class of attack by every way: no call gets through without a grant or without a recorded
decision, and no secret is disclosed."""

from __future__ import annotations

import pytest

from tests.examples import example_of

from . import leaks
from .accounts import OF_ACCOUNTS
from .actors import HOMES, THEIRS
from .attack import Attack, Opens, Way
from .attack_environment import AttackEnvironment
from .classes import CLASSES, attacks, controls, counted
from .judge import Breach, Judge
from .wire import passed

pytestmark = [pytest.mark.timeout(180), pytest.mark.long]

WAYS = [way for way in Way if any(attacks(module, way) for module in CLASSES)]


def opened(environment: AttackEnvironment, judge: Judge, control: Attack) -> None:
    """An allowed request gets through by the same way as an attack; otherwise no attack could
    fail."""
    answers = list(control.send(environment))
    assert judge.since(control) == []
    assert judge.allowed, f"{control} should be allowed: {answers}"
    if control.opens is Opens.ALLOWED:
        return
    assert all(map(passed, answers)), (str(control), answers)
    assert judge.last, f"{control} should reach TikTok"
    if control.opens is Opens.PUBLISHES:
        assert judge.begun, f"{control} should begin a post: {judge.last}"


@pytest.mark.parametrize("way", WAYS)
def test_nothing_gets_through(environment: AttackEnvironment, way: Way) -> None:
    environment.seed_again()
    judge = Judge(environment)
    found: list[Breach] = []
    with leaks.listening() as heard:
        for module in CLASSES:
            tried = attacks(module, way)
            known = [one for one in controls(module) if one.way is way]
            assert len(known) > 0 or not tried, f"{module.KIND} has no control by {way}"
            for control in known:
                opened(environment, judge, control)
            found += judge.held(tried)
            for control in known[:1]:
                opened(environment, judge, control)
    assert [str(one) for one in found] == []
    for org in HOMES:
        report = environment.agents.audit.verify(org)
        assert (report.problems, report.entries > 0) == ((), True)
    for name, one in leaks.secrets_of(environment).items():
        assert leaks.told(environment, "here", f"<{one}>".encode(), handed=False), name
    answers, log = b"\n".join(environment.answers), heard.getvalue().encode()
    assert leaks.told(environment, "an answer", answers, handed=False) == []
    assert leaks.told(environment, "the log", log, handed=True) == []
    assert leaks.told(environment, "the audit", leaks.audited(environment), handed=True) == []


def test_there_are_a_thousand_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    """The number of attacks by class and way is the same in each run."""
    many = counted()
    with capsys.disabled():
        print("\nattacks")
        for (kind, way), number in many.items():
            print(f"{number:6}  {kind} ({way})")
        print(f"{many.total():6}  in all")
    assert many == counted()
    assert many.total() >= 1_000


def test_what_another_organisation_began_is_told_to_nobody_else(
    environment: AttackEnvironment,
) -> None:
    """Posts, copies of data and videos, named by an agent of another organisation that may do
    everything there. The agent that may is asked last, since some requests end what they name."""
    environment.seed_again()
    tried = 0
    for operation in sorted(OF_ACCOUNTS, key=lambda one: example_of(one).ends):
        query, body = environment.good_request(operation, environment.seeded_elsewhere)
        if (query, body) == environment.good_request(operation):
            continue
        tried += 1
        answer = environment.call_proxy(operation, query=query, body=body)
        refused = not passed(answer)
        assert refused or not any(one.encode() in answer.body for one in _ids(environment)), (
            operation
        )
        right = environment.call_proxy(operation, "rival", THEIRS, query=query, body=body)
        assert passed(right) or example_of(operation).refused, (operation, right)
        assert (answer.status, answer.body) != (right.status, right.body)
    assert tried >= 5


def _ids(environment: AttackEnvironment) -> list[str]:
    """Return the ids of the other organisation's entities."""
    seeded = environment.seeded_elsewhere
    return [seeded.begun.publish_id, seeded.begun.request_id, seeded.oldest_video]
