"""TikTok's models in the spelling of this API: the same fields and checks, camelCase names."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.alias_generators import to_camel

from stagedoor.platform.model import Request

from ..shapes import JsonTyped


@cache
def camel(model: type[BaseModel]) -> type[BaseModel]:
    """A subclass of `model` that reads and writes camelCase, including nested models."""
    model.model_rebuild()
    config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    bases = (JsonTyped, model) if issubclass(model, Request) else (model,)
    spelled = type(f"{model.__name__}", bases, {"model_config": config, "__module__": __name__})
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        annotation = _swapped(info.annotation)
        if annotation is not info.annotation:
            fields[name] = (annotation, info)
    made: type[BaseModel] = create_model(model.__name__, __base__=spelled, **fields)
    return made


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


def spelled(value: Any) -> Any:
    """A dumped response with its names in camelCase, including undeclared fields."""
    if isinstance(value, dict):
        return {to_camel(str(name)): spelled(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(one) for one in value]
    return value
