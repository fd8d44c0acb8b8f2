"""Base classes of this API's JSON models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Self, Union, get_args, get_origin, overload

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PlainSerializer,
    Strict,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from stagedoor.platform.bounds import MAX_PROBLEMS, MAX_TEXT, short
from stagedoor.platform.characters import is_visible
from stagedoor.platform.model import DIGITS, in_context, without_refused_nulls
from stagedoor.platform.near_match import did_you_mean
from stagedoor.platform.reasons import TIME_WORDS, formed, reason_of

UNKNOWN_KIND = "unknown_kind"
"""The type of error of a body whose `kind` chooses none of its models."""
UNKNOWN_FIELD = "unknown_field"
"""The type of error of a field that a request hasn't, with a hint."""
FROM_QUERY = "from a query"
"""In the validation context of values from a query string, which are all text."""
TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    datetime: TIME_WORDS,
}


def _visible(name: str) -> str:
    if not is_visible(name):
        raise ValueError("has no visible character: give a name that people can read")
    return name


MAX_NAME = 100
_ONE_LINE = formed(r"^[^\x00-\x1f\x7f]+$", "should be one line, without control characters")
ShownName = Annotated[
    str,
    Field(min_length=1, max_length=MAX_NAME, pattern=_ONE_LINE),
    AfterValidator(_visible),
]
"""A name that a caller chooses and people read: one line, with at least one visible character."""


class JsonTyped(BaseModel):
    """Accepts JSON's own types only: "true" isn't true, "5" isn't 5, and a number is no time. The
    values of a mapping are declared `Strict()`, or the class is refused."""

    @classmethod
    def __pydantic_init_subclass__(cls, **more: Any) -> None:
        super().__pydantic_init_subclass__(**more)
        for name, field in cls.model_fields.items():
            for part in _parts(field.annotation):
                if get_origin(part) in (dict, Mapping) and _converts(get_args(part)[1]):
                    raise TypeError(f"{cls.__name__}.{name}: declare the values Strict()")

    @field_validator("*", mode="before", check_fields=False)
    @classmethod
    def _has_its_type(cls, value: Any, info: ValidationInfo) -> Any:
        if info.field_name is not None and not in_context(FROM_QUERY, info):
            _check(cls.model_fields[info.field_name].annotation, value)
        return value


def _check(annotation: Any, value: Any) -> None:
    """Raise `ValueError` where pydantic would convert `value`; pydantic itself refuses other
    types."""
    if isinstance(value, list):
        for part in _parts(annotation):
            if get_origin(part) in (list, tuple):
                for one in value:
                    _check(get_args(part)[0], one)
        return
    kinds = [part for part in _parts(annotation) if part is not NoneType]
    if value is None or not kinds or any(part not in _WORDS for part in kinds):
        return
    if not any(_is(part, value) for part in kinds):
        raise ValueError(f"should be {' or '.join(_WORDS[part] for part in kinds)}")


def _converts(annotation: Any) -> bool:
    """Whether pydantic would convert a mapping's value of another type: `_check` sees no members
    of mappings, so that an error names the member's path."""
    if get_origin(annotation) is Annotated:
        kind, *metadata = get_args(annotation)
        return not any(isinstance(one, Strict) for one in metadata) and _converts(kind)
    if get_origin(annotation) in (Union, UnionType):
        return any(map(_converts, get_args(annotation)))
    return annotation in _WORDS


def _parts(annotation: Any) -> Iterator[Any]:
    """The members of a union, without their metadata."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield datetime if annotation is AwareDatetime else annotation


def _is(kind: Any, value: Any) -> bool:
    if kind is datetime:
        return isinstance(value, datetime) or (isinstance(value, str) and bool(TIME.match(value)))
    if isinstance(value, bool) or kind is bool:
        return kind is bool and isinstance(value, bool)
    return isinstance(value, int) or (kind is float and isinstance(value, float))


class Model(JsonTyped):
    """A request: camelCase in JSON, unknown names refused, texts limited in length by default. Null
    for a field that takes no null counts as an absent field: serializers of many languages write
    null for a value that was never set."""

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
            try:
                return handler(given)
            except ValidationError as error:
                fewer = without_refused_nulls(given, error)
                if fewer is None:
                    raise
            return handler(fewer)
        except ValidationError as error:
            raise _hinted(error, cls) from None

    @classmethod
    def elsewhere(cls, name: str) -> str:
        """A sentence about a field that this request hasn't, after a space: which other request
        takes it; "" where none is known."""
        return ""


def _hinted(error: ValidationError, model: type[Model]) -> ValidationError:
    """The error, with a hint for each field that the model hasn't: a near one, or the request that
    takes it."""
    items = error.errors(include_url=False)
    if not any(_is_unknown(item) for item in items[:MAX_PROBLEMS]):
        return error
    names = [field.alias or name for name, field in model.model_fields.items()]
    lines: list[InitErrorDetails] = []
    for number, item in enumerate(items):
        kind, words = item["type"], item["msg"]
        if number < MAX_PROBLEMS and _is_unknown(item):
            name = str(item["loc"][0])
            hint = model.elsewhere(name) or did_you_mean(name, names)
            if hint:
                kind, words = UNKNOWN_FIELD, f"{reason_of(kind, words)}.{hint}"
        told: Any = PydanticCustomError(kind, words)
        lines.append(InitErrorDetails(type=told, loc=item["loc"], input=item["input"]))
    return ValidationError.from_exception_data(error.title, lines, hide_input=True)


def _is_unknown(item: Mapping[str, Any]) -> bool:
    return item["type"] == "extra_forbidden" and len(item["loc"]) == 1


class PatchModel(Model):
    """A change of an object: only the fields that are sent change, and at least one is. Null is no
    change, unless null removes what the field holds."""

    @classmethod
    def null_removes(cls, name: str) -> bool:
        """Whether null for this field is a change."""
        return False

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not any(
            getattr(self, name) is not None or self.null_removes(name)
            for name in self.model_fields_set
        ):
            raise ValueError("changes nothing: name a field")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        found = handler(schema)
        handler.resolve_ref_schema(found)["minProperties"] = 1
        return found


class Distinct:
    """The annotation of a list whose items are all different."""

    def __call__(self, items: list[Any]) -> list[Any]:
        for number, one in enumerate(items):
            if one in items[:number]:
                raise ValueError(f"names {short(str(one))} twice")
        return items

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "uniqueItems": True}


AccountId = Annotated[str, Field(pattern=DIGITS)]
"""TikTok's id of an ad account, an advertiser."""


def example(**fields: Any) -> ConfigDict:
    """The `model_config` of a request with an example for the OpenAPI document, by the names of its
    JSON: `model_config = example(publishId="...")`."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


MAX_EXACT = 2**53 - 1
"""The largest whole number of JSON that every reader keeps: JavaScript rounds larger ones."""
_OF_ID = re.compile(r"(?:^|_)ids?$|[a-z]Ids?$")
"""The names of fields that hold ids."""


def _exact(value: Any, of_id: bool = False) -> Any:
    """JSON of another party with ids as strings, and so each whole number that isn't exact."""
    if isinstance(value, dict):
        return {name: _exact(one, _OF_ID.search(name) is not None) for name, one in value.items()}
    if isinstance(value, list):
        return [_exact(one, of_id) for one in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if of_id or abs(value) > MAX_EXACT else value
    return value


ForeignJson = Annotated[dict[str, Any], PlainSerializer(_exact, return_type=dict[str, Any])]
"""A part of a response that is as TikTok sent it, but for its ids: they are strings."""


class ResponseModel(BaseModel):
    """A response."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


@overload
def moment(at: float) -> datetime: ...
@overload
def moment(at: None) -> None: ...
@overload
def moment(at: float | None) -> datetime | None: ...
def moment(at: float | None) -> datetime | None:
    """Convert Unix seconds to the form that responses have."""
    return None if at is None else datetime.fromtimestamp(at, UTC)
