"""Checks a function's arguments against their annotations when the function is called.

    @checked
    def plan_chunks(size: int, preferred: Bytes = SAFE_MAX_CHUNK) -> ChunkPlan: ...

An argument of another type raises `TypeError`, a number out of its range `InvalidRequest`; both
name the parameter and say what to pass. The annotation is the only declaration: `AtLeast` bounds a
number, `Says` describes a parameter for the docs.
"""

from __future__ import annotations

import inspect
import math
import os
import re
import sys
import types
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import cache, wraps
from typing import (
    IO,
    Annotated,
    Any,
    Literal,
    ParamSpec,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

from .records import frozen
from .refusal import InvalidRequest

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type[Any])


@frozen
class AtLeast:
    """Marks a number that may not be smaller, nor NaN."""

    bound: float


@frozen
class Says:
    """Describes a parameter, for docs and `help()`."""

    text: str


@frozen
class ArgumentRule:
    """The values that an annotation accepts, and their wording in an error."""

    words: str
    accepts: Callable[[Any], bool]
    bound: float | None = None
    says: str = ""
    repeats: bool = False
    """The parameter takes several values, so a caller who passed one string gets a hint."""

    def takes(self, value: Any) -> bool:
        """Whether `value` has an accepted type and is within the bound."""
        return self.accepts(value) and not self.too_small(value)

    def too_small(self, value: Any) -> bool:
        return self.bound is not None and _is_number(value) and value < self.bound


@frozen
class _Plan:
    """The precomputed rules for the arguments of one function; built once for each function."""

    signature: inspect.Signature
    rules: Mapping[str, ArgumentRule]
    positional: tuple[str, ...]
    """Parameters that may be passed by position, in their order."""
    by_name: frozenset[str]
    required: frozenset[str]

    @classmethod
    def of(cls, function: Callable[..., Any]) -> _Plan:
        signature = inspect.signature(function)
        parameters = signature.parameters.values()
        rules = {
            one.name: rule_of(resolved(one.annotation, function))
            for one in parameters
            if one.annotation is not one.empty
            and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        }
        named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        return cls(
            signature,
            rules,
            tuple(
                one.name
                for one in parameters
                if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
            ),
            frozenset(one.name for one in parameters if one.kind in named),
            frozenset(
                one.name
                for one in parameters
                if one.default is one.empty
                and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
            ),
        )

    def bound(self, args: tuple[Any, ...], values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Bind the arguments to parameters, in a fraction of the time that `Signature.bind` takes.

        None when the simple binding fails: `Signature.bind` then decides, and words the error.
        """
        if len(args) > len(self.positional) or not values.keys() <= self.by_name:
            return None
        given = dict(zip(self.positional, args, strict=False))
        if not given.keys().isdisjoint(values):
            return None
        given.update(values)
        return given if self.required <= given.keys() else None


_WORDS: dict[type[Any], str] = {}


def passed_as(kind: type[Any], words: str) -> None:
    """Register the words that tell, in error texts, how to make a value of the type `kind`."""
    _WORDS[kind] = words


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator: check the function's arguments before it runs."""

    @wraps(function)
    def call(*args: P.args, **values: P.kwargs) -> R:
        check(function, args, values)
        return function(*args, **values)

    return call


def check(
    function: Callable[..., Any], args: tuple[Any, ...], values: Mapping[str, Any], name: str = ""
) -> None:
    """Raise `TypeError` or `InvalidRequest` unless `function` can take these arguments."""
    plan = _plan(function)
    given = plan.bound(args, values)
    if given is not None and all(
        rule.takes(given[parameter]) for parameter, rule in plan.rules.items() if parameter in given
    ):
        return
    name = name or _called(function, args)
    try:
        given = plan.signature.bind(*args, **values).arguments
    except TypeError as error:
        raise TypeError(f"{name}(): {error}") from None
    check_values(f"{name}()", plan.rules, given)


def _called(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """The name by which the caller knows the function.

    A method that a private class defines is named by the class of the object, which is public.
    """
    owner, _, name = function.__qualname__.removesuffix(".__init__").rpartition(".")
    kind = args[0] if args and isinstance(args[0], type) else type(args[0]) if args else None
    if kind is not None and owner in {base.__qualname__ for base in kind.__mro__}:
        owner = kind.__name__
    return f"{owner}.{name}" if owner else name


def check_fields(made: Any) -> None:
    """Check the fields of a new dataclass as `check` does; call it from `__post_init__`."""
    kind = type(made)
    rules = _field_rules(cast(Hashable, kind))
    check_values(f"{kind.__name__}()", rules, {name: getattr(made, name) for name in rules})


def check_values(where: str, rules: Mapping[str, ArgumentRule], given: Mapping[str, Any]) -> None:
    """As `check`, for values whose rules `rule_of` made; `where` begins the error's text."""
    looked_at = [(name, value, rules[name]) for name, value in given.items() if name in rules]
    wrong = [
        _mismatch(name, value, rule) for name, value, rule in looked_at if not rule.accepts(value)
    ]
    if wrong:
        raise TypeError(f"{where}: {'; '.join(wrong)}")
    problems = [
        (name, f"must be {rule.bound:g} or more, not {value}")
        for name, value, rule in looked_at
        if rule.too_small(value)
    ]
    if problems:
        raise InvalidRequest(where, problems)


def _mismatch(name: str, value: Any, rule: ArgumentRule) -> str:
    hint = f": {rule.says}" if rule.says else ""
    if rule.repeats and isinstance(value, str | bytes):
        hint = f": put it in a list, {name}=[...]"
    found = _named(value)
    if rule.repeats and isinstance(value, list | tuple | set | frozenset):
        found += f" of {', '.join(dict.fromkeys(map(_named, value)))}" if value else ""
    return f"{name} must be {rule.words}, not {found}{hint}"


def _named(value: Any) -> str:
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


@cache
def _plan(function: Callable[..., Any]) -> _Plan:
    return _Plan.of(function)


@cache
def _field_rules(kind: Any) -> dict[str, ArgumentRule]:
    names = vars(sys.modules[kind.__module__])
    return {
        name: rule_of(_evaluated(field.type, names))
        for name, field in kind.__dataclass_fields__.items()
    }


def resolved(annotation: Any, function: Callable[..., Any]) -> Any:
    """Evaluate an annotation that is a string; `Any` for a name only type checkers know."""
    return _evaluated(annotation, inspect.unwrap(function).__globals__)


def _evaluated(annotation: Any, names: dict[str, Any]) -> Any:
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, names)  # noqa: S307 - the package's own annotations
    except NameError:
        return Any


def rule_of(annotation: Any) -> ArgumentRule:
    """The rule for an annotation."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        rule = rule_of(args[0])
        bound = next((mark.bound for mark in args[1:] if isinstance(mark, AtLeast)), rule.bound)
        says = next((mark.text for mark in args[1:] if isinstance(mark, Says)), rule.says)
        return replace(rule, bound=bound, says=says)
    if origin in (Union, types.UnionType):
        return _any_of([rule_of(one) for one in args])
    if annotation is None or annotation is type(None):
        return ArgumentRule("None", lambda value: value is None)
    if origin is Literal:
        words = " or ".join(map(repr, args))
        return ArgumentRule(words, lambda value: isinstance(value, type(args[0])) and value in args)
    if annotation is Any or annotation is object or isinstance(annotation, TypeVar | ParamSpec):
        return ArgumentRule("anything", lambda _: True)
    if annotation in _NUMBERS:
        return _NUMBERS[annotation]
    kind = origin or annotation
    if kind is IO:
        return ArgumentRule("an open binary stream (bytes: io.BytesIO(...))", _is_binary_stream)
    if kind is os.PathLike:
        return ArgumentRule("a path", lambda value: isinstance(value, os.PathLike))
    if kind is type:
        return _class_rule(args)
    if kind is Callable or kind is types.FunctionType:
        return ArgumentRule("a function", callable)
    if isinstance(kind, type):
        return _plain_rule(kind, args)
    return ArgumentRule("anything", lambda _: True)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_NUMBERS = {
    int: ArgumentRule("a whole number", lambda value: isinstance(value, int) and _is_number(value)),
    float: ArgumentRule("a number", lambda value: _is_number(value) and not math.isnan(value)),
    bool: ArgumentRule("True or False", lambda value: isinstance(value, bool)),
}


def _is_binary_stream(value: Any) -> bool:
    if isinstance(value, type) or hasattr(value, "encoding"):  # a text stream has an encoding
        return False
    return callable(getattr(value, "read", None)) or callable(getattr(value, "write", None))


def _any_of(rules: Sequence[ArgumentRule]) -> ArgumentRule:
    words = list(dict.fromkeys(rule.words for rule in rules))
    bounds = [rule.bound for rule in rules if rule.bound is not None]
    return ArgumentRule(
        f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0],
        lambda value: any(rule.accepts(value) for rule in rules),
        min(bounds, default=None),
        repeats=any(rule.repeats for rule in rules),
    )


def _class_rule(args: tuple[Any, ...]) -> ArgumentRule:
    base = args[0] if args and isinstance(args[0], type) else object
    named = "a class" if base is object else f"the class {base.__name__} or one derived from it"
    return ArgumentRule(named, lambda value: isinstance(value, type) and issubclass(value, base))


def _plain_rule(kind: type[Any], args: tuple[Any, ...]) -> ArgumentRule:
    if issubclass(kind, Mapping):
        return ArgumentRule("a mapping", lambda value: isinstance(value, Mapping))
    if kind not in (str, bytes) and kind in _COLLECTIONS:
        return _collection_rule(kind, rule_of(args[0]) if args else rule_of(Any))
    if getattr(kind, "_is_protocol", False):
        members = [name for name in vars(kind) if _is_member(kind, name)]
        words = _WORDS.get(kind, f"an object with {' and '.join(f'{m}()' for m in members)}")
        return ArgumentRule(
            words,
            lambda value: (
                not isinstance(value, type)
                and all(callable(getattr(value, member, None)) for member in members)
            ),
        )
    words = _WORDS.get(kind, kind.__name__)
    if issubclass(kind, Enum):
        words = f"{words}, such as {kind.__name__}.{next(iter(kind)).name}"
    return ArgumentRule(words, lambda value: isinstance(value, kind))


def _is_member(kind: type[Any], name: str) -> bool:
    return not name.startswith("_") and callable(vars(kind)[name])


_COLLECTIONS = (list, tuple, set, frozenset, Sequence, Iterable, Collection)


def _collection_rule(kind: type[Any], element: ArgumentRule) -> ArgumentRule:
    def accepts(value: Any) -> bool:
        if isinstance(value, str | bytes | bytearray | Mapping) or not isinstance(value, kind):
            return False
        # an iterator can be read only once, and the function itself has to read it
        return not isinstance(value, Collection) or all(element.accepts(one) for one in value)

    article = "a list or other sequence" if kind is Sequence else "a list or other collection"
    of = "" if element.words == "anything" else f" of {element.words}"
    return ArgumentRule(f"{article}{of}", accepts, repeats=True)


_BLANK = re.compile(r"[^\x21-\x7e]")


def visible_ascii(where: str, name: str, value: str) -> None:
    """Raise `InvalidRequest` unless `value` can be sent in a header: no blank, no line break."""
    if not value or _BLANK.search(value):
        what = "is empty" if not value else "holds a blank, a line's end or a letter beyond ASCII"
        raise InvalidRequest(where, [(name, f"{what}: pass it exactly as TikTok gave it")])
