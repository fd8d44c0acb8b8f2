"""The schemas of the document: names that are unique, and descriptions from docstrings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, get_args

from fastapi.routing import RouteContext
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stagedoor.platform import model as platform_model

from .. import shapes
from .docstrings import described_fields, paragraphs

SHARED: Mapping[str, str] = {
    "nextCursor": "Pass it as `cursor` for the next page; null: this is the last page.",
    "integrationId": "The id of a connected account, as `GET /api/integrations` lists it.",
    "publishId": "The id of the post.",
    "accountId": "The id of an advertiser's account at TikTok.",
    "logId": "TikTok's `log_id` of the call; null: TikTok wasn't asked, or sent none.",
    "createdAt": "When it was created, in UTC.",
    "updatedAt": "When it last changed, in UTC.",
}
"""Descriptions of fields that mean the same everywhere, unless their model says more."""

NAMES: Mapping[str, str] = {
    "AdDetail": "PublishingAdDetail",
    "AdWithChanges": "AdsAdDetail",
    "ApprovalPolicy": "Policy",
    "AudienceMember": "Member",
    "AudienceState": "AudiencesState",
    "CallApprovalShown": "ApprovalsApprovalShown",
    "CallApprovalState": "ApprovalsState",
    "ConversationStatus": "InboxStatus",
    "ConversionState": "MediaState",
    "CreativeSource": "Source",
    "CreativeState": "CreativesState",
    "CredentialKind": "IntegrationsKind",
    "CredentialProblemShown": "IntegrationsProblemShown",
    "CredentialStatus": "IntegrationsStatus",
    "ExportFormat": "Format",
    "MembersAction": "AudiencesAction",
    "ModerationAction": "InboxAction",
    "NewCustomerAudience": "NewAudience",
    "NewPostCreative": "NewCreative",
    "PostApprovalShown": "PublishingApprovalShown",
    "PostKind": "PublishingKind",
    "PostState": "PublishingState",
    "PreviewLine": "ApprovalsLine",
    "ReadinessShown": "Ready",
    "ReplyState": "InboxState",
}
"""Schemas that keep the name under which clients were generated, by the class's name."""

Model = type[BaseModel] | type[Enum]

_GENERAL = (shapes.__name__, platform_model.__name__, BaseModel.__module__, Enum.__module__)
"""Modules of base classes, whose docstrings say nothing of a model of the API."""


def models_of(routes: Iterable[RouteContext]) -> list[Model]:
    """Every model and enum of the routes' bodies, answers and parameters."""
    found: dict[Model, None] = {}
    for route in routes:
        dependant = getattr(route, "dependant", None)
        fields = [getattr(route, "body_field", None), getattr(route, "response_field", None)]
        fields += list(getattr(route, "response_fields", {}).values())
        for part in _flat(dependant):
            fields += part.query_params
            fields += part.path_params
            fields += part.header_params
        for field in fields:
            if field is not None:
                _collect(field.field_info.annotation, found)
    return list(found)


def _flat(dependant: Any) -> Iterator[Any]:
    if dependant is not None:
        yield dependant
        for part in dependant.dependencies:
            yield from _flat(part)


def _collect(annotation: Any, found: dict[Model, None]) -> None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | Enum):
        if annotation in found:
            return
        found[annotation] = None
        if issubclass(annotation, BaseModel):
            for info in annotation.model_fields.values():
                _collect(info.annotation, found)
                for part in info.metadata:
                    _collect(getattr(part, "annotation", None), found)
    for part in get_args(annotation):
        _collect(part, found)


def describe(document: dict[str, Any], models: Iterable[Model]) -> None:
    """Name the schemas, describe them and their fields, and drop the titles of fields, which
    repeat their names and collide in generated clients."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    by_name = {name: model for model in models for name in _names(model)}
    for name, schema in schemas.items():
        model = by_name.get(name.removesuffix("-Input").removesuffix("-Output"))
        if model is not None:
            _describe(schema, model)
    renamed = _unique(schemas, by_name)
    document["components"]["schemas"] = {
        renamed.get(name, name): {**schema, "title": renamed.get(name, name)}
        for name, schema in sorted(schemas.items(), key=lambda item: renamed.get(item[0], item[0]))
    }
    _walk(document, renamed)


def _names(model: Model) -> tuple[str, str]:
    long = f"{model.__module__}__{model.__qualname__}".replace(".", "__")
    return long, model.__name__


def _describe(schema: dict[str, Any], model: Model) -> None:
    docs = described_fields(model)
    own = _own_docstring(model)
    if issubclass(model, Enum):
        values = [f"- `{one.value}`: {docs[one.name]}" for one in model if one.name in docs]
        schema["description"] = "\n".join([own, *([""] if own else []), *values]).strip()
        return
    if own:
        schema["description"] = own
    for name, info in model.model_fields.items():
        aliases = (info.serialization_alias, info.alias, info.validation_alias)
        for outside in {one for one in aliases if isinstance(one, str)} | {name}:
            part = schema.get("properties", {}).get(outside)
            if part is not None:
                _describe_field(part, outside, name, info, docs)


def _own_docstring(model: Model) -> str:
    """The docstring of a model, or of the model that it spells in camelCase."""
    for part in model.__mro__:
        said = vars(part).get("__doc__")
        if said and part.__module__ not in _GENERAL:
            return paragraphs(said)
    return ""


def _describe_field(
    part: dict[str, Any], outside: str, name: str, info: FieldInfo, docs: Mapping[str, str]
) -> None:
    part.pop("title", None)
    said = docs.get(name) or info.description or SHARED.get(outside)
    if said:
        part["description"] = said[0].upper() + said[1:] + ("" if said[-1] in ".:;!?" else ".")


def _unique(schemas: Mapping[str, Any], by_name: Mapping[str, Model]) -> dict[str, str]:
    """New names for schemas: those of `NAMES`, and the domain's before a name that several models
    share."""
    renamed = {}
    for name in schemas:
        model = by_name.get(name)
        if model is not None and "__" in name:
            domain = model.__module__.split(".")[2]
            renamed[name] = f"{domain.title().replace('_', '')}{model.__name__}"
        if model is not None and model.__name__ in NAMES:
            renamed[name] = NAMES[model.__name__]
    taken = Counter(renamed.get(name, name) for name in schemas)
    if repeated := [name for name, count in taken.items() if count > 1]:
        raise TypeError(f"several models are named {', '.join(repeated)}: rename one")
    return renamed


def _walk(value: Any, renamed: Mapping[str, str]) -> None:
    """Follow the new names in references, and drop titles of anonymous parts."""
    if isinstance(value, list):
        for one in value:
            _walk(one, renamed)
    if not isinstance(value, dict):
        return
    if isinstance(ref := value.get("$ref"), str):
        head, slash, name = ref.rpartition("/")
        value["$ref"] = f"{head}{slash}{renamed.get(name, name)}"
    for key, one in value.items():
        if key in ("properties", "$defs") and isinstance(one, dict):
            for part in one.values():
                if isinstance(part, dict) and isinstance(part.get("title"), str):
                    part.pop("title")
        if key in ("schema", "items", "additionalProperties") and isinstance(one, dict):
            one.pop("title", None)
        if key in ("anyOf", "oneOf", "allOf") and isinstance(one, list):
            for part in one:
                if isinstance(part, dict):
                    part.pop("title", None)
        _walk(one, renamed)
