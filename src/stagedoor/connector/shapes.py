"""JSON of this API, in and out: what its models have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from stagedoor.platform.bounds import MAX_TEXT


class Model(BaseModel):
    """What comes in: camelCase outside, unknown names refused, texts bounded by default."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_max_length=MAX_TEXT,
    )


class Shown(BaseModel):
    """What goes out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
