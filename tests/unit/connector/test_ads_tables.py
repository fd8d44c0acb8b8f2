"""The tables of ads against the platform's declarations, this API's requests, and the docs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from stagedoor.connector.ads import bodies, conditional_fields, field_rules, problems
from stagedoor.emulator.products.business_ads import status
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads
from tests.support.every import every

ROOT = Path(__file__).parents[3]
_BODIES: dict[str, tuple[type[BaseModel], type[BaseModel] | None]] = {
    "campaign_create": (bodies.NewCampaignBody, None),
    "campaign_update": (bodies.ChangeCampaignBody, None),
    "adgroup_create": (bodies.NewAdGroupBody, None),
    "adgroup_update": (bodies.ChangeAdGroupBody, None),
    "ad_create": (bodies.NewAdBody, business_ads.NewCreative),
    "ad_update": (bodies.ChangeAdBody, business_ads.ChangedCreative),
}
_OF_PARENT = {"objective"}
"""The sources of a row that aren't in the body: they stand on the object above."""


def fields_of(operation: Operation[..., Any]) -> dict[str, Any]:
    _, creative = _BODIES[operation.id.partition(".")[2]]
    model: Any = creative or operation.request
    return dict(model.model_fields)


def names_of(operation: Operation[..., Any]) -> set[str]:
    body, _ = _BODIES[operation.id.partition(".")[2]]
    return {field.alias or name for name, field in body.model_fields.items()}


@every("rule", field_rules.TABLE, ids=lambda rule: rule.field)
def test_each_rule_is_of_a_declared_field_and_of_fields_of_this_api(
    rule: field_rules.FieldRule,
) -> None:
    for operation in rule.operations:
        assert rule.field in fields_of(operation), operation.id
        names = names_of(operation)
        for path in rule.made_of:
            if path.partition(".")[0] not in _OF_PARENT:
                assert path.partition(".")[0] in names | {"budgetMode"}, (operation.id, path)
    assert rule.rule or len(rule.made_of) == 1


@pytest.mark.parametrize("name", ["campaign_create", "adgroup_create", "ad_create"])
def test_whatever_tiktok_requires_is_given_or_derived(name: str) -> None:
    operation = getattr(business_ads, name.upper())
    required = {field for field, info in fields_of(operation).items() if info.is_required()}
    made = {rule.field for rule in field_rules.rules_of(operation)}
    assert required - made <= {"campaign_id", "adgroup_id"}


@pytest.mark.parametrize("operation", [getattr(business_ads, one.upper()) for one in _BODIES])
def test_a_field_has_one_rule(operation: Operation[..., Any]) -> None:
    fields = [rule.field for rule in field_rules.rules_of(operation)]
    assert len(fields) == len(set(fields))


@every("need", conditional_fields.NEEDS, ids=lambda need: f"{need.field} {need.path}")
def test_each_need_is_of_a_declared_field_and_has_a_path(need: conditional_fields.Need) -> None:
    known = fields_of(need.operation)
    assert {need.field, *need.instead} <= set(known)
    first, _, rest = need.path.partition(".")
    assert first in names_of(need.operation)
    assert first != "tiktok" or rest == need.field


def test_each_status_of_the_local_tiktok_is_told_in_words() -> None:
    source = Path(status.__file__).read_text()
    words = set(
        re.findall(r'"((?:CAMPAIGN|ADGROUP|AD)_STATUS_[A-Z_]+|ADVERTISER_[A-Z]+[A-Z_]*)"', source)
    )
    assert len(words) > 35
    for word in words:
        said = problems.of_status(word)
        assert not any("TikTok says" in one for one in said), word
        assert said or word.endswith(("DELIVERY_OK", "STATUS_ENABLE")), word
    assert "AD_STATUS_BRAND_NEW" in problems.of_status("AD_STATUS_BRAND_NEW")[0]


def test_the_docs_show_the_table() -> None:
    assert field_rules.as_markdown() in (ROOT / "docs" / "ads.md").read_text()
