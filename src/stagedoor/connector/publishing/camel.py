"""TikTok's models in the spelling of this API: the same fields and checks, camelCase names."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from stagedoor.platform.model import Request

from ..shapes import JsonTyped


@cache
def camel(model: type[BaseModel]) -> type[BaseModel]:
    """A subclass of `model` that reads and writes camelCase, including nested models."""
    model.model_rebuild()
    config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    bases = (JsonTyped, model) if issubclass(model, Request) else (model,)
    spelled = type(f"{model.__name__}", bases, {"model_config": config, "__module__": __name__})
    fields: dict[str, Any] = {
        name: (annotation, info)
        for name, (annotation, info) in camelled(model).items()
        if annotation is not model.model_fields[name].annotation
    }
    made: type[BaseModel] = create_model(model.__name__, __base__=spelled, **fields)
    return made


def camelled(model: type[BaseModel]) -> dict[str, tuple[Any, FieldInfo]]:
    """Annotation and field of each field of `model`, with every model in it replaced by its
    camelCase subclass. The fields are copies."""
    model.model_rebuild()
    return {
        name: (_swapped(info.annotation), copy(info)) for name, info in model.model_fields.items()
    }


def _swapped(annotation: Any) -> Any:
    """The annotation with every model in it replaced by its camelCase subclass."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return camel(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if not args:
        return annotation
    if origin is Annotated:
        inner = _swapped(args[0])
        return annotation if inner is args[0] else Annotated[(inner, *args[1:])]
    swapped = tuple(arg if arg is Ellipsis else _swapped(arg) for arg in args)
    if all(new is old for new, old in zip(swapped, args, strict=True)):
        return annotation
    if origin in (Union, UnionType):
        return Union[swapped]  # noqa: UP007
    return origin[swapped]


def spelled_answer(answer: BaseModel, only_sent: bool = False) -> dict[str, Any]:
    """An answer as JSON, with its names in camelCase. Keys of maps, such as country codes, stay as
    they are. `only_sent`: without the fields that TikTok didn't send."""
    dumped = answer.model_dump(mode="json", exclude_unset=only_sent)
    found: dict[str, Any] = _as_declared(answer, dumped)
    return found


def _as_declared(value: Any, dumped: Any) -> Any:
    if isinstance(value, BaseModel):
        declared = type(value).model_fields
        return {
            to_camel(name): _as_declared(getattr(value, name), one)
            if name in declared
            else _spelled(one)
            for name, one in dumped.items()
        }
    if isinstance(value, Mapping):
        return {key: _as_declared(value[key], one) for key, one in dumped.items()}
    if isinstance(value, list | tuple):
        return [_as_declared(*pair) for pair in zip(value, dumped, strict=True)]
    return dumped


def _spelled(value: Any) -> Any:
    """An undeclared field of a response, with its names in camelCase."""
    if isinstance(value, dict):
        return {to_camel(str(name)): _spelled(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(one) for one in value]
    return value
