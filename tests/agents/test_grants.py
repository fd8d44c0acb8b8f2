"""Toggles become Cedar policies that say the same, and Cedar text is checked before it counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from stagedoor.agents import vocabulary
from stagedoor.agents.grants import cedar, explain, schema
from stagedoor.agents.grants.errors import PolicyInvalid
from stagedoor.agents.grants.grant import Conditions, Grant, Hours, Level
from stagedoor.agents.grants.hashtags import found_in
from stagedoor.agents.grants.policy import CedarFailed, parse
from stagedoor.agents.grants.presets import PRESETS, Preset
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Host, Resource
from stagedoor.platform.products.posting import PrivacyLevel
from tests.agents.conftest import AgentFixture

ACCOUNTS = ["acc1", 'acc"2\\', "acc3\n"]
TAGS = ["food", 'dr"op', "ünï"]
FIELDS = ["id", "title", "like_count"]
LEVELS = list(PrivacyLevel)
OPERATIONS = sorted(vocabulary.operations())


def some(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.lists(st.sampled_from(values), unique=True).map(tuple)


TIMES = st.sampled_from(["00:00", "06:30", "12:00", "23:59", "24:00"])
CURRENCIES = ("EUR", "USD")
MONEY = st.none() | st.sampled_from([0.0, 0.1, 19.99, 500.0])
CONDITIONS = st.builds(
    Conditions,
    privacy_levels=some(LEVELS),
    drafts_only=st.booleans(),
    hours=st.none() | st.builds(Hours, begin=TIMES, end=TIMES),
    hashtags=some(TAGS),
    posts_per_day=st.none() | st.integers(0, 3),
    budget_per_day=MONEY,
    spend_per_day=MONEY,
    spend_total=MONEY,
    currency=st.none() | st.sampled_from(CURRENCIES),
    fields=some(FIELDS),
)
NOON = 1_800_000_000


# Strategies are made once: to make and check them anew for each draw takes longer than the draws.
_RESOURCES = st.sampled_from([*vocabulary.TITLES])
_LEVELS = st.sampled_from(Level)
_INTEGRATIONS = st.none() | st.sampled_from(ACCOUNTS)
_ACTIONS = {
    resource: st.none() | st.lists(st.sampled_from(list(known)), unique=True).map(tuple)
    for resource, known in vocabulary.actions().items()
    if known
}
# most of the time none, or next to nothing would be allowed
_CONDITIONS = st.just(Conditions()) | CONDITIONS
_BOOLEANS = st.booleans()
_ENDS = st.none() | st.sampled_from(
    [datetime.fromtimestamp(at, UTC) for at in (NOON - 1, NOON, NOON + 1)]
)


@st.composite
def _grants(draw: st.DrawFn) -> Grant:
    resource = draw(_RESOURCES)
    return Grant(
        resource=resource,
        level=draw(_LEVELS),
        integration_id=draw(_INTEGRATIONS),
        actions=draw(_ACTIONS[resource]) if resource in _ACTIONS else None,
        conditions=draw(_CONDITIONS),
        ask_first=draw(_BOOLEANS),
        expires_at=draw(_ENDS),
    )


GRANTS = _grants()
_MINUTES = st.integers(0, 24 * 60 - 1)
_SOME_FIELDS = st.lists(st.sampled_from(FIELDS), unique=True)
_SOME_TAGS = st.lists(st.sampled_from(TAGS), unique=True)
_POSTS = st.integers(0, 4)
_SPENT = st.sampled_from([0, 10, 1999])
_BUDGETS = st.sampled_from([0, 10, 1999, 50_000])
_PRIVACY = st.sampled_from(["", *LEVELS])
_CURRENCY = st.sampled_from(CURRENCIES)


@st.composite
def _contexts(draw: st.DrawFn) -> dict[str, Any]:
    context: dict[str, Any] = {
        "at": NOON,
        "minute": draw(_MINUTES),
        "weekday": 1,
        "fields": draw(_SOME_FIELDS),
        "hashtags": draw(_SOME_TAGS),
        "postsToday": draw(_POSTS),
        "spentToday": draw(_SPENT),
    }
    if draw(_BOOLEANS):
        context["draft"] = draw(_BOOLEANS)
        if not context["draft"]:
            context["privacy"] = draw(_PRIVACY)
    if draw(_BOOLEANS):
        context["budget"] = draw(_BUDGETS)
        context["spentTotal"] = context["spentToday"] + draw(_SPENT)
        if draw(_BOOLEANS):
            context["currency"] = draw(_CURRENCY)
    return context


CONTEXTS = _contexts()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(GRANTS, max_size=6),
    st.sampled_from(OPERATIONS),
    st.none() | st.sampled_from([*ACCOUNTS, "elsewhere"]),
    CONTEXTS,
)
def test_cedar_says_what_the_toggles_say(
    given_: list[Grant], name: str, account: str | None, context: dict[str, Any]
) -> None:
    operation = vocabulary.operations()[name]
    listed = [
        one
        for one in explain.relevant(given_, operation, account)
        if explain.covers(one, operation) and explain.unmet(one, context) is None
    ]
    verdict = parse(cedar.text_of(given_), grants=given_).ask("agent", name, account, context)
    assert verdict.allowed == bool(listed)
    assert sorted(rule.asks for rule in verdict.rules) == sorted(one.ask_first for one in listed)


def test_every_operation_but_tokens_can_be_given_by_words() -> None:
    offered = [one for one in catalogue.operations().values() if one.host is not Host.BUSINESS]
    left = set(offered) - set(vocabulary.operations().values())
    assert {one.resource for one in left} == {Resource.AUTHORIZATION}
    assert set(vocabulary.TITLES) == set(Resource) - {Resource.AUTHORIZATION}
    for known in vocabulary.actions().values():
        assert all(slug and words for slug, words in known.items())


def test_no_name_in_the_schema_stands_for_two_things() -> None:
    slugs = [slug for known in vocabulary.actions().values() for slug in known]
    assert len(slugs) == len(set(slugs))
    groups = {
        schema.group(resource, level)
        for resource in vocabulary.TITLES
        for level in ("read", "full")
    }
    assert not (groups | set(slugs)) & set(OPERATIONS)
    assert not groups & set(slugs)


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_s_policy_passes_the_schema(preset: Preset) -> None:
    text = cedar.text_of(PRESETS[preset])
    parse(text, check=True)
    assert len(parse(text).rules) == len(PRESETS[preset])


def test_what_is_made_of_all_conditions_passes_the_schema() -> None:
    everything = Conditions(
        privacy_levels=(PrivacyLevel.SELF_ONLY,),
        drafts_only=True,
        hours=Hours(begin="22:00", end="06:00"),
        hashtags=("#Drop",),
        posts_per_day=1,
        budget_per_day=1.5,
        spend_per_day=2,
        spend_total=3,
        currency="EUR",
        fields=("id",),
    )
    grant = Grant(resource=Resource.POSTING, level=Level.FULL, conditions=everything)
    other = Grant(resource=Resource.POSTING, level=Level.READ, integration_id="acc1")
    parse(cedar.text_of([grant, other]), check=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("permit(", "unexpected end"),
        ('permit(principal, action == Action::"posting.teleport", resource);', "teleport"),
        ('permit(principal, action, resource) when { context.colour == "red" };', "colour"),
        ("permit(principal == ?principal, action, resource);", "templates"),
        ("permit(principal, action, resource) when { context.privacy == 1 };", "privacy"),
    ],
)
def test_cedar_text_that_can_not_work_is_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(PolicyInvalid, match=words):
        parse(text, check=True)


_DEEP = {
    "parentheses": "({}true{})".format("(" * 4_000, ")" * 4_000),
    "lists": "[" * 4_000 + "]" * 4_000 + ".contains(1)",
    "records": "{a: " * 4_000 + "1" + "}" * 4_000 + " == 1",
    "conditions": "if true then " * 8_000 + "true" + " else true" * 8_000,
    "conjunction": "true && " * 500 + "true",
    "sum": "1 + " * 500 + "1 == 1",
    "attributes": "context" + ".a" * 2_000 + " == 1",
}


@pytest.mark.parametrize("condition", _DEEP.values(), ids=_DEEP)
def test_a_policy_that_nests_too_deep_is_refused_before_cedar_parses_it(condition: str) -> None:
    with pytest.raises(PolicyInvalid, match=r"levels deep|more than 150 operators"):
        parse(f"permit(principal, action, resource) when {{ {condition} }};")


def test_a_policy_of_a_usual_size_is_no_deep_one() -> None:
    hashtags = ", ".join(f'"((((tag.{number} && if" ' for number in range(1_000))
    condition = " && ".join(["context.at > 5"] * 40)
    text = f"permit(principal, action, resource) when {{ {condition} }};\n" * 30
    parse(text + f"permit(principal, action, resource) when {{ [{hashtags}].contains(context) }};")


def test_a_question_that_cedar_can_not_answer_is_no_yes() -> None:
    policy = parse("permit(principal, action, resource) when { context.at < 5 };")
    for context in ({}, {"at": "noon"}, {"at": 1.5}, {"at": None}):
        with pytest.raises(CedarFailed):
            policy.ask("agent", OPERATIONS[0], None, context)
    assert policy.ask("agent", OPERATIONS[0], None, {"at": 1}).allowed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("permit(principal, action, resource);", set()),
        ("permit(principal, action, resource) when { context.at < 5 };", {"at"}),
        (
            "permit(principal, action, resource) when { context has draft && context.draft };",
            {"draft"},
        ),
        (
            'permit(principal, action, resource) when { ["a"].containsAll(context.fields) } '
            "unless { context.postsToday > 2 };",
            {"fields", "postsToday"},
        ),
        ("permit(principal, action, resource) when { context == {at: 1} };", None),
    ],
)
def test_an_answer_is_kept_for_what_the_policy_can_not_tell_apart(
    text: str, names: set[str] | None
) -> None:
    assert parse(text).looks_at == names


def test_a_kept_answer_is_of_the_same_question_only() -> None:
    policy = parse(
        'permit(principal == Agent::"a", action in Action::"videos.read", '
        'resource == Account::"x") when { context.postsToday < 2 };'
    )
    for _ in range(2):
        for agent, operation, account, posts, allowed in [
            ("a", "display.video_list", "x", 1, True),
            ("a", "display.video_list", "x", 2, False),
            ("b", "display.video_list", "x", 1, False),
            ("a", "display.user_info", "x", 1, False),
            ("a", "display.video_list", "y", 1, False),
        ]:
            found = policy.ask(agent, operation, account, {"postsToday": posts, "at": 1})
            assert found.allowed == allowed


def test_grants_that_make_no_sense_are_refused() -> None:
    for wrong in (
        {"resource": "authorization", "level": "full"},
        {"resource": "posting", "level": "some"},
        {"resource": "posting", "level": "full", "actions": ["teleport"]},
        {"resource": "posting", "level": "full", "expiresAt": "2030-01-01T00:00:00"},
        {
            "resource": "posting",
            "level": "full",
            "conditions": {"hours": {"begin": "9", "end": ""}},
        },
        {"resource": "posting", "level": "full", "conditions": {"postsPerDay": -1}},
        {"resource": "posting", "level": "full", "conditions": {"noSuch": 1}},
    ):
        with pytest.raises(ValidationError):
            Grant.model_validate(wrong)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("no tags", ()),
        ("#Food and #food!", ("food",)),
        ("glued#one#two", ("one", "two")),
        ("\uff03wide #\uff26ull", ("wide", "full")),
        ("#stra\u00dfe #STRASSE", ("strasse",)),
        ("# nothing ##twice", ("twice",)),
    ],
)
def test_hashtags_in_a_text(text: str, tags: tuple[str, ...]) -> None:
    assert found_in(text) == tags


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_put_is_what_is_read(agent: AgentFixture) -> None:
    path = f"/api/agents/{agent.id}/grants"
    assert agent.service.api("GET", path)["version"] == 0
    put = agent.given(
        {
            "resource": "posting",
            "level": "full",
            "integrationId": agent.account,
            "conditions": {"draftsOnly": True, "hashtags": ["#Food"]},
            "askFirst": True,
        }
    )
    assert agent.service.api("GET", path) == put
    assert put["version"] == 1
    assert put["changedBy"] == "u1"
    [one] = put["grants"]
    assert one["conditions"]["hashtags"] == ["food"]
    [words] = put["sentences"]
    assert words.endswith(": drafts only; only the hashtags #food; asks first")
    again = agent.given(cedar=put["cedar"])
    assert (again["version"], again["grants"]) == (2, None)
    for wrong in (
        {},
        {"preset": "king"},
        {"preset": "reader", "grants": []},
        {"cedar": "permit("},
        {"grants": [{"resource": "posting", "level": "full", "integrationId": "0" * 32}]},
        {"grants": [{"resource": "research", "level": "read", "integrationId": agent.account}]},
    ):
        answer = agent.service.send("PUT", path, wrong)
        assert answer.status_code in (400, 404), wrong
        assert answer.json()["error"]["message"]
    assert agent.service.api("GET", path)["version"] == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_with_a_grant_is_named_by_path(agent: AgentFixture) -> None:
    ads: dict[str, Any] = {"resource": "ads", "level": "full"}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"resource": "commercial", "integrationId": agent.account}, "integrationId"),
        ({"resource": "authorization"}, "resource"),
        ({"actions": ["post-to-profile"]}, "actions"),
        ({"expiresAt": "2027-01-01T00:00:00"}, "expiresAt"),
        ({"conditions": {"spendPerDay": 10.005, "currency": "USD"}}, "conditions.currency"),
        ({"conditions": {"budgetPerDay": 0.5, "currency": "JPY"}}, "conditions.currency"),
        ({"conditions": {"currency": "usd"}}, "conditions.currency"),
        ({"conditions": {"hours": {"begin": "9:00", "end": "10:00"}}}, "conditions.hours.begin"),
    ]
    for change, place in wrong:
        grants = {"grants": [ads, ads | change]}
        answer = agent.service.send("PUT", f"/api/agents/{agent.id}/grants", grants)
        assert answer.status_code == 400, change
        [problem] = answer.json()["error"]["detail"]["problems"]
        assert problem["path"] == f"grants.1.{place}", problem
        assert "^" not in problem["reason"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_vocabulary_is_told(agent: AgentFixture) -> None:
    told = agent.service.api("GET", "/api/agents/vocabulary")
    listed = {one["id"]: one for one in told["resources"]}
    assert set(listed) == {resource.value for resource in vocabulary.TITLES}
    assert {"id": "post-to-profile", "name": "Post to profile"} in listed["posting"]["actions"]
    assert told["cedarSchema"] == schema.text()
    assert set(told["presets"]) == set(Preset)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_key_is_shown_once_and_stored_nowhere(agent: AgentFixture) -> None:
    assert agent.key.startswith("sda_")
    assert len(agent.key) > 40
    shown = agent.service.api("GET", f"/api/agents/{agent.id}")
    assert agent.key not in str(shown)
    [key] = shown["keys"]
    assert agent.key.startswith(key["prefix"])
    assert key["lastUsed"] is None
    agent.asks("display.video_list")
    assert agent.service.api("GET", f"/api/agents/{agent.id}")["keys"][0]["lastUsed"]
    data = agent.agents.services.settings.data
    stored = b"".join(path.read_bytes() for path in data.rglob("*.db*"))
    assert key["prefix"].encode() in stored
    assert agent.key.encode() not in stored
