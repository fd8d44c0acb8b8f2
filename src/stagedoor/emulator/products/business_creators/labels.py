"""Labels of creators, one industry and one kind of content for each category of accounts."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products.business_creators import LabelQuery, LabelType
from stagedoor.platform.vocabulary import BusinessCategory

from ...calls import AdmittedCall, Refusal
from . import accounts

_INDUSTRY, _CONTENT = 10_001, 20_001
"""The first ids; TikTok's own aren't published."""
_CATEGORIES = tuple(BusinessCategory)


def listed(call: AdmittedCall) -> dict[str, Any]:
    """All labels, regardless of their use."""
    request: LabelQuery = call.request
    accounts.named(call)
    if request.label_type not in set(LabelType):
        raise Refusal("40002", f"label_type: Not a valid choice: {request.label_type}.")
    return {
        "industry_labels": [industry_label(one) for one in _CATEGORIES],
        "content_labels": [content_label(one) for one in _CATEGORIES],
    }


def industry_label(category: BusinessCategory) -> dict[str, str]:
    return _label(_INDUSTRY, category, _name(category))


def content_label(category: BusinessCategory) -> dict[str, str]:
    return _label(_CONTENT, category, f"{_name(category)} content")


def category_of(label_id: str) -> BusinessCategory | None:
    """The category that a label of either kind stands for; None: there is no such label."""
    for first in (_INDUSTRY, _CONTENT):
        place = int(label_id) - first
        if 0 <= place < len(_CATEGORIES):
            return _CATEGORIES[place]
    return None


def _label(first: int, category: BusinessCategory, name: str) -> dict[str, str]:
    return {"label_id": str(first + _CATEGORIES.index(category)), "label_name": name}


def _name(category: BusinessCategory) -> str:
    return category.value.replace("_", " ").capitalize()
