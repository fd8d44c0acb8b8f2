"""Signatures and docs of the client's methods, generated from the declarations.

A method's parameters, result, errors, scopes, limits and source are declared by its operations and
by its flow's annotations; this module puts them into words. No fact is stored twice.
"""

from __future__ import annotations

import dataclasses
import inspect
import textwrap
from collections.abc import Callable, Coroutine
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, ParamSpec, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stagedoor.platform.arguments import Says, resolved
from stagedoor.platform.operation import BrowserPage, ByField, LimitKey, Operation

from .error_classes import class_of
from .walking import AsyncWalking, Walking
from .walks import WalkPlan, is_clients

P = ParamSpec("P")
R = TypeVar("R")

_WIDTH = 92
ONE_BY_ONE = ", one after the other"
_COUNTED_BY = {
    LimitKey.USER_TOKEN: "for each access token",
    LimitKey.CLIENT: "for each app",
    LimitKey.APP_TIER: "for each app, more in higher tiers",
    LimitKey.ADVERTISER: "for each ad account",
    LimitKey.ACCOUNT: "for each TikTok account",
    LimitKey.ORGANISATION: "for all apps of one developer",
}


# Signatures


@cache
def call_signature(operation: Operation[..., Any], is_async: bool) -> inspect.Signature:
    """Keyword parameters from the request's fields; the response type as the result."""
    result = operation.response
    return _by_keyword(_caller_fields(operation.request), awaited(result) if is_async else result)


@cache
def walk_signature(plan: WalkPlan[Any], is_async: bool) -> inspect.Signature:
    """Keyword parameters from the walk's fields; an iterator of the items as the result."""
    return _by_keyword(plan.fields, _iterator(plan.item, is_async))


def _by_keyword(fields: dict[str, FieldInfo], result: Any) -> inspect.Signature:
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.is_required() else field.get_default(),
            annotation=plain(field.annotation),
        )
        for name, field in fields.items()
    ]
    parameters.sort(key=lambda one: one.default is not inspect.Parameter.empty)
    return inspect.Signature(parameters, return_annotation=result)


def _iterator(item: Any, is_async: bool) -> Any:
    return AsyncWalking[item] if is_async else Walking[item]


@cache
def flow_signature(flow: Callable[..., Any], is_async: bool, walks: bool) -> inspect.Signature:
    """A flow's parameters without the session, and the type that performing the flow returns."""
    signature = inspect.signature(flow)
    result: Any = result_of(flow)
    if walks:
        result = _iterator(result, is_async)
    elif is_async:
        result = awaited(result)
    shown = [
        one.replace(annotation=plain(resolved(one.annotation, flow)))
        for one in list(signature.parameters.values())[1:]
    ]
    return signature.replace(parameters=shown, return_annotation=result)


def awaited(result: Any) -> Any:
    """The return annotation of a coroutine method with this result."""
    return Coroutine[Any, Any, result]


def result_of(flow: Callable[..., Any]) -> Any:
    """The T of a flow that returns `Flow[T]` or `Items[T]`."""
    args = get_args(resolved(inspect.signature(flow).return_annotation, flow))
    result = args[2] if len(args) == 3 else Any
    parts = [one for one in get_args(result) if one is not type(None)]
    return parts[0] if get_origin(result) in (Union, UnionType) and len(parts) == 1 else result


def plain(annotation: Any) -> Any:
    """The annotation without its validators: `Annotated[int, ...]` is `int`."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return plain(args[0])
    if origin in (Union, UnionType):
        joined = plain(args[0])
        for one in args[1:]:
            joined = joined | plain(one)
        return joined
    if origin is tuple and args:
        return tuple[tuple(plain(one) for one in args)]  # type: ignore[misc]
    return annotation


# Docs


@cache
def call_doc(operation: Operation[..., Any]) -> str:
    """The docstring of a method that performs one operation."""
    parts = [f"{operation.summary}.", *_keywords(_caller_fields(operation.request))]
    parts.append(_gives(operation.response))
    parts += _terms((operation,))
    return "\n\n".join(parts)


@cache
def walk_doc(plan: WalkPlan[Any]) -> str:
    """The docstring of a method that goes through the pages of one operation."""
    parts = [inspect.cleandoc(plan.doc), *_keywords(plan.fields)]
    parts.append(_gives(plan.item, ONE_BY_ONE))
    parts += _terms((plan.operation,))
    return "\n\n".join(parts)


def _keywords(fields: dict[str, FieldInfo]) -> list[str]:
    """The paragraph of the parameters, if there are any."""
    lines = [_line(name, field) for name, field in fields.items()]
    return ["Parameters, all by keyword:\n" + "\n".join(lines)] if lines else []


@cache
def flow_doc(
    flow: Callable[..., Any], operations: tuple[Operation[..., Any], ...], walks: bool = False
) -> str:
    """The docstring of a method of several steps, starting with its flow's own docstring."""
    parts = [inspect.getdoc(flow) or ""]
    parameters = list(inspect.signature(flow).parameters.values())[1:]
    lines = [_parameter(one, flow, operations) for one in parameters]
    if lines:
        parts.append("Parameters:\n" + "\n".join(lines))
    parts.append(_gives(result_of(flow), ONE_BY_ONE if walks else ""))
    parts += _terms(operations)
    return "\n\n".join(parts)


def _fields(request: Any) -> dict[str, FieldInfo]:
    if not (isinstance(request, type) and issubclass(request, BaseModel)):
        return {}
    return dict(request.model_fields)


def _caller_fields(request: Any) -> dict[str, FieldInfo]:
    """The fields that a caller may give: not the app's own, which the client fills in."""
    return {name: field for name, field in _fields(request).items() if not is_clients(field)}


def _line(name: str, field: FieldInfo) -> str:
    needed = "" if field.is_required() else _default(field.get_default())
    said = _sentence(field.description or "")
    head = f"    {name} ({worded(field.annotation)}{needed})"
    inner = _model(field.annotation)
    lines = [_wrapped(f"{head}: {said}" if said else head)]
    if inner is not None:
        lines += [
            textwrap.indent(_line(inner_name, one), "    ")
            for inner_name, one in inner.model_fields.items()
        ]
    return "\n".join(lines)


def _parameter(
    parameter: inspect.Parameter,
    flow: Callable[..., Any],
    operations: tuple[Operation[..., Any], ...],
) -> str:
    annotation = resolved(parameter.annotation, flow)
    needed = "" if parameter.default is parameter.empty else _default(parameter.default)
    said = _sentence(described(annotation) or _declared(parameter.name, operations))
    head = f"    {parameter.name} ({worded(annotation)}{needed})"
    return _wrapped(f"{head}: {said}" if said else head)


def described(annotation: Any) -> str:
    """The description in an `Annotated` type; empty if it has none."""
    marks = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    return next((mark.text for mark in marks if isinstance(mark, Says)), "")


def _declared(name: str, operations: tuple[Operation[..., Any], ...]) -> str:
    """The description of the request field of this name, also if it is nested in the request."""
    for operation in operations:
        waiting = [_fields(operation.request)]
        while waiting:
            fields = waiting.pop(0)
            if name in fields and fields[name].description:
                return str(fields[name].description)
            models = (_model(field.annotation) for field in fields.values())
            waiting += [dict(model.model_fields) for model in models if model is not None]
    return ""


def _default(value: Any) -> str:
    if isinstance(value, type):
        return f", default {value.__name__}"
    if isinstance(value, tuple):
        listed = [one.value if isinstance(one, Enum) else one for one in value]
        return f", default {listed}" if len(listed) < 5 else f", default all {len(listed)}"
    if isinstance(value, BaseModel):
        return ", optional"
    if isinstance(value, Enum):
        value = value.value
    return ", optional" if value is None else f", default {value!r}"


def function_doc(function: Callable[..., Any], page: BrowserPage) -> str:
    """The docstring of a function that builds the address of a page, with its parameters."""
    parameters = inspect.signature(function).parameters.values()
    lines = [_parameter(one, function, ()) for one in parameters if one.name != "self"]
    parts = [inspect.getdoc(function) or "", "Parameters:\n" + "\n".join(lines)]
    parts.append(f"GET {page.path} (source: {page.source})")
    return "\n\n".join(parts)


def documented(page: BrowserPage) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Complete a function's docstring and signature from its annotations and the page's facts."""

    def complete(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        function.__doc__ = function_doc(function, page)
        function.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[
                one.replace(annotation=plain(resolved(one.annotation, function)))
                for one in signature.parameters.values()
            ],
            return_annotation=resolved(signature.return_annotation, function),
        )
        return function

    return complete


def _gives(result: Any, how: str = "") -> str:
    """The "Gives" paragraph: the result's type, its docstring and its fields."""
    if result is None or result is type(None):
        return "Gives None."
    head = f"Gives {worded(result)}{how}"
    fields = _result_fields(result)
    if fields is None:
        return f"{head}."
    kind = result
    said = " ".join((kind.__doc__ or "").split())
    own = bool(said) and not said.startswith(f"{kind.__name__}(")
    inherited = any(kind.__doc__ is base.__doc__ for base in kind.__mro__[1:])
    head = f"{head}: {said}" if own and not inherited else f"{head}:"
    return "\n".join([_wrapped(head, "    "), *fields])


def _result_fields(result: Any, depth: int = 0) -> list[str] | None:
    indent = "    " * (depth + 1)
    if isinstance(result, type) and issubclass(result, BaseModel):
        lines = []
        for name, field in result.model_fields.items():
            said = _sentence(field.description or "")
            told = f"{indent}{name} ({worded(field.annotation)})"
            lines.append(_wrapped(f"{told}: {said}" if said else told))
            inner = _model(field.annotation)
            if inner is not None and depth < 1:
                lines += _result_fields(inner, depth + 1) or []
        return lines
    if dataclasses.is_dataclass(result):
        names = {one.name: one.type for one in dataclasses.fields(result)}
        return [f"{indent}{name} ({kind})" for name, kind in names.items()]
    return None


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model in `Model`, `Model | None` or `tuple[Model, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model(one) for one in get_args(annotation))
    return next((one for one in found if one is not None), None)


def _terms(operations: tuple[Operation[..., Any], ...]) -> list[str]:
    """The operations' requirements, their errors, and the sources of these facts."""
    parts = []
    for operation in operations:
        named = "" if len(operations) == 1 else f"{operation.method} {operation.path}: "
        needs = _needs(operation)
        if needs:
            parts.append(_wrapped(f"{named}{needs}"))
    errors: dict[str, dict[str, str]] = {}
    for operation in operations:
        for case in operation.errors:
            kind = class_of(operation.protocol.errors.kind(case.code, case.http)).__name__
            errors.setdefault(kind, {}).setdefault(case.code or f"HTTP {case.http}", case.when)
    lines = [
        _wrapped(f"    {kind}: {'; '.join(f'{code} ({why})' for code, why in cases.items())}")
        for kind, cases in sorted(errors.items())
    ]
    lines.append(_wrapped("    InvalidRequest, TypeError: an argument is wrong; nothing was sent"))
    lines.append(_wrapped("    TransportError: the network failed; NotSent says nothing was done"))
    parts.append("Raises (from stagedoor.errors):\n" + "\n".join(lines))
    routes = "\n".join(
        f"{one.method} {one.path} (source: {one.source})" for one in dict.fromkeys(operations)
    )
    if routes:
        parts.append(routes)
    return parts


def _needs(operation: Operation[..., Any]) -> str:
    said = []
    scopes = operation.scopes.names
    if scopes:
        which = "the fields' scopes, of" if isinstance(operation.scopes, ByField) else "the scope"
        said.append(f"needs {which} {' or '.join(scopes)}")
    for limit in operation.limits:
        said.append(
            f"at most {limit.requests} calls in {limit.per_seconds:.0f} s "
            f"{_COUNTED_BY[limit.by]}; the client waits for its turn"
        )
    if operation.quota is not None:
        said.append(f"at most {operation.quota.requests:,} calls a UTC day")
    return _sentence("; ".join(said))


def worded(annotation: Any) -> str:
    """A type in words: `PrivacyLevel | str`, `tuple of Video`, `path or open stream`."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return worded(args[0])
    if origin in (Union, UnionType):
        words = dict.fromkeys(worded(one) for one in args if one is not type(None))
        return " | ".join(words)
    if origin in (tuple, list, frozenset) and args:
        return f"{origin.__name__} of {worded(args[0])}"
    if isinstance(annotation, type) and not args:
        return annotation.__name__
    return str(annotation).replace("typing.", "").replace("collections.abc.", "")


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        return ""
    return f"{text[0].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")


def _wrapped(line: str, hanging: str = "") -> str:
    lead = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.strip(),
        _WIDTH,
        initial_indent=lead,
        subsequent_indent=hanging or f"{lead}    " if lead or hanging else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
