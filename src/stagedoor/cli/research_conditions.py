"""Conditions of research queries as options: `--where`, `--any`, `--not`, and days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from stagedoor.platform.products.research.query import FIELDS, Operator, Query, Term, term

from .option_rules import needs_one
from .params import Day

F = TypeVar("F", bound=Callable[..., Any])
_CONDITION = re.compile(r"(?P<field>\w+)\s*(?P<sign>>=|<=|>|<|=)\s*(?P<values>.+)", re.DOTALL)
_SIGNS = {
    ">=": Operator.GTE,
    "<=": Operator.LTE,
    ">": Operator.GT,
    "<": Operator.LT,
    "=": Operator.EQ,
}


class ConditionParam(click.ParamType[Term]):
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
        made = term(found["field"], operation, *values)
        self._check(value, found["sign"], operation, made)
        return made

    def _check(self, text: str, sign: str, operation: Operator, made: Term) -> None:
        """Refuse what the field doesn't take, in the words of the option."""
        (one,) = made.conditions
        rule = FIELDS[one.field_name]
        if operation not in rule.operations:
            signs = [name for name, known in _SIGNS.items() if known in rule.operations]
            self.fail(f"{text!r}: {one.field_name} takes {', '.join(signs)} and no {sign}")
        if len(one.field_values) > 1 and operation is not Operator.IN:
            self.fail(f"{text!r}: only = takes several values")
        for value in one.field_values:
            if (problem := rule.problem(value)) is not None:
                named = "" if repr(value) in problem else f"{value!r} "
                self.fail(f"{text!r}: {named}{problem}")


_OPTIONS = (
    click.option(
        "--where", multiple=True, type=ConditionParam(), help="This must hold; repeatable."
    ),
    click.option(
        "--any", "any_of", multiple=True, type=ConditionParam(), help="One of these must hold."
    ),
    click.option(
        "--not", "none_of", multiple=True, type=ConditionParam(), help="This must not hold."
    ),
)


def conditions(function: F) -> F:
    """Adds the options `--where`, `--any` and `--not`, one of which is needed."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return needs_one("--where", "--any", "--not")(function)


def days(start_help: str, end_help: str, required: bool = False) -> Callable[[F], F]:
    """Adds the options for the first and the last day; both pairs of names are understood."""

    def decorate(function: F) -> F:
        end = click.option("--end", "--to", "end", type=Day(), required=required, help=end_help)
        start = click.option(
            "--start", "--from", "start", type=Day(), required=required, help=start_help
        )
        return start(end(function))

    return decorate


def joined(where: Iterable[Term], any_of: Iterable[Term], none_of: Iterable[Term]) -> Query:
    """The query of all conditions."""
    lists = [
        tuple(c for one in terms for c in one.conditions) for terms in (where, any_of, none_of)
    ]
    return Query.model_construct(and_=lists[0], or_=lists[1], not_=lists[2])
