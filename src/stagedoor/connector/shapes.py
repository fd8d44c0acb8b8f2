"""JSON of this API, in and out: what its models have in common."""

from __future__ import annotations

from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from stagedoor.platform.bounds import MAX_TEXT
from stagedoor.platform.model import without_refused_nulls


class Model(BaseModel):
    """What comes in: camelCase outside, unknown names refused, texts bounded by default. Null for
    a field that takes no null counts as an absent field: serializers of many languages write it
    for what was never set."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_max_length=MAX_TEXT,
    )

    @model_validator(mode="wrap")
    @classmethod
    def _take_null_for_absent(cls, given: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        try:
            return handler(given)
        except ValidationError as error:
            fewer = without_refused_nulls(given, error)
            if fewer is None:
                raise
        return handler(fewer)


class Shown(BaseModel):
    """What goes out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
