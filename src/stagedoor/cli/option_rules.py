"""Options that a command needs one of: one declaration checks them, and is part of the help."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def needs_one(*names: str, most: int | None = None, hint: str = "") -> Callable[[F], F]:
    """Refuse a command without any of these, options or arguments, or with more than `most`.

    Stands above the options that it names. `hint` says where values are found.
    """

    def decorate(function: F) -> F:
        number = "exactly one" if most == 1 else "at least one"
        sentence = f"The command needs {number} of {_listed(names)}"

        @wraps(function)
        def checked(*args: Any, **values: Any) -> Any:
            given = [name for name in names if _is_given(_parameter(function, name), values)]
            if not given or (most is not None and len(given) > most):
                raise click.UsageError(f"{sentence}{hint and f': {hint}'}.")
            return function(*args, **values)

        first, *rest = inspect.cleandoc(function.__doc__ or "").split("\n\n")
        checked.__doc__ = "\n\n".join((first, f"{sentence}.", *rest))
        made: Any = checked
        made.needs_one = (*getattr(function, "needs_one", ()), names)
        decorated: F = made
        return decorated

    return decorate


def _is_given(parameter: click.Parameter, values: Mapping[str, Any]) -> bool:
    value = values.get(parameter.name or "")
    if value is False:  # `--off` of a pair is given, a flag that is off isn't
        return bool(parameter.secondary_opts)
    return value not in (None, (), "")


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _parameter(function: Any, name: str) -> click.Parameter:
    """The option or the argument of a command's function."""
    declared: list[click.Parameter] = function.__click_params__
    for one in declared:
        options = (*one.opts, *one.secondary_opts)
        if name in options or (isinstance(one, click.Argument) and one.human_readable_name == name):
            return one
    raise LookupError(f"there is no option or argument {name}")
