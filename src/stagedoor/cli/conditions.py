"""Conditions of research queries as options of commands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import click

from stagedoor.platform.products.research.query import FIELDS, Operator, Query, Term, term

_CONDITION = re.compile(r"(?P<field>\w+)\s*(?P<sign>>=|<=|>|<|=)\s*(?P<values>.+)", re.DOTALL)
_SIGNS = {
    ">=": Operator.GTE,
    "<=": Operator.LTE,
    ">": Operator.GT,
    "<": Operator.LT,
    "=": Operator.EQ,
}


class Condition(click.ParamType[Term]):
    """`field=value[,value]`, or with `>`, `>=`, `<`, `<=`."""

    name = "condition"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Term:
        if isinstance(value, Term):
            return value
        found = _CONDITION.fullmatch(value.strip())
        if found is None:
            self.fail(f"{value!r} is not written field=value, such as region_code=DE,FR", param)
        if found["field"] not in FIELDS:
            self.fail(f"there is no field {found['field']!r}; there are {', '.join(FIELDS)}", param)
        values = [one.strip() for one in found["values"].split(",")]
        operation = _SIGNS[found["sign"]]
        if operation is Operator.EQ and len(values) > 1:
            operation = Operator.IN
        return term(found["field"], operation, *values)


def joined(where: Iterable[Term], any_of: Iterable[Term], none_of: Iterable[Term]) -> Query:
    """The query with these conditions; TikTok or the service judges its values."""
    lists = [
        tuple(c for one in terms for c in one.conditions) for terms in (where, any_of, none_of)
    ]
    return Query.model_construct(and_=lists[0], or_=lists[1], not_=lists[2])
