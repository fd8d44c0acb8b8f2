"""Routes for TikTok's declared operations, generated from their declarations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, get_args, get_origin

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError, create_model
from pydantic.alias_generators import to_camel

from stagedoor.client.errors import StagedoorError
from stagedoor.platform import catalogue
from stagedoor.platform.model import problems_of, validated
from stagedoor.platform.operation import Operation, OperationEffect, Surface
from stagedoor.platform.products.posting import CreatorInfo

from ..api import CallerIs, needs
from ..documented import raises
from ..errors import in_query, unfit_parts
from ..integrations.accounts import Integration
from ..integrations.service import Integrations
from ..provided import provided
from ..shapes import FROM_QUERY, example
from ..tenants.roles import Role
from .accounts import BRISK, PostingAccounts, check
from .camel import camel, spelled_answer
from .creator_settings import CreatorAnswers
from .errors import ACCOUNT_ERRORS, TIKTOK_ERRORS, api_error_of

_ROLES = {OperationEffect.READ: Role.VIEWER, OperationEffect.WRITE: Role.MEMBER}


def served() -> list[Operation[..., Any]]:
    """The operations that callers may use directly."""
    return [one for one in catalogue.operations().values() if Surface.OPERATION in one.surfaces]


def add_routes(router: APIRouter, prefix: str) -> None:
    """Add a route for each operation; reads also accept GET."""
    for operation in served():
        path = f"{prefix}/{operation.public_name}"
        body, name, common = add_route(router, path, operation)
        if operation.effect is OperationEffect.READ:
            extra = {"parameters": list(_parameters(body))}
            router.add_api_route(
                path,
                _asked(operation, body),
                methods=["GET"],
                name=f"read_{name}",
                openapi_extra=extra,
                **common,
            )


def add_route(
    router: APIRouter,
    path: str,
    operation: Operation[..., Any],
    shown: Mapping[str, Any] | None = None,
) -> tuple[type[BaseModel], str, dict[str, Any]]:
    """Add the POST route of an operation; return its body, its name, and the other values that a
    second route needs. `shown`: the example of its body in the OpenAPI document."""
    body = _body(operation, shown)
    response: Any = operation.response
    common: dict[str, Any] = {
        "summary": operation.summary,
        "dependencies": [needs(_ROLES[operation.effect])],
        "response_model": camel(response),
        "tags": [operation.resource.value],
    }
    name = operation.public_name.replace("-", "_")
    router.add_api_route(path, _posted(operation, body), methods=["POST"], name=name, **common)
    return body, name, common


class OperationCalls:
    """Calls operations for accounts of organisations, and for their apps."""

    def __init__(
        self,
        accounts: PostingAccounts,
        integrations: Integrations,
        answers: CreatorAnswers,
    ) -> None:
        self._accounts = accounts
        self._integrations = integrations
        self._answers = answers

    def call(self, org: str, operation: Operation[..., Any], body: BaseModel) -> dict[str, Any]:
        """Call an operation for an account of the organisation or for its app; returns TikTok's
        answer."""
        values = {name: getattr(body, name) for name in body.model_fields_set | _defaults(body)}
        account: Integration | None = None
        if operation.subject.is_account:
            account = self._accounts.chosen(org, values.pop("integration_id", None))
            check(account, operation, values)
            client = self._accounts.client(account)
        else:
            _, client = self._integrations.for_app(org, BRISK)
        try:
            answer: BaseModel = client.call(operation, **values)
        except StagedoorError as error:
            raise api_error_of(error) from error
        if account is not None and isinstance(answer, CreatorInfo):
            self._answers.keep(account.grant.id, answer)
        return spelled_answer(answer)


CallsAre = Annotated[OperationCalls, provided(OperationCalls)]


def _defaults(body: BaseModel) -> set[str]:
    return {name for name, info in type(body).model_fields.items() if not info.is_required()}


def _body(
    operation: Operation[..., Any], shown: Mapping[str, Any] | None = None
) -> type[BaseModel]:
    """The typed request in camelCase, with the account's id if the operation acts for an
    account."""
    model = operation.request
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError(f"{operation.id} declares a request that is no model")
    base = camel(model)
    account: dict[str, Any] = {}
    if operation.subject.is_account:
        account["integration_id"] = (str | None, None)
    if shown is not None:
        base = type(model.__name__, (base,), {"model_config": example(**shown)})
    made: type[BaseModel] = create_model(
        f"{model.__name__}Body",
        __base__=base,
        __doc__=f"The request of {operation.public_name}.",
        **account,
    )
    return made


def _posted(operation: Operation[..., Any], model: type[BaseModel]) -> Callable[..., Response]:
    def handler(caller: Any, calls: Any, body: Any = None) -> Response:
        asked = _validated(model, {}, str) if body is None else body
        return JSONResponse(calls.call(caller.org, operation, asked))

    handler.__annotations__ = {
        "caller": CallerIs,
        "calls": CallsAre,
        "body": model | None,
        "return": Response,
    }
    handler.__doc__ = f"{operation.summary}."
    return raises(*ACCOUNT_ERRORS, *TIKTOK_ERRORS)(handler)


def _asked(operation: Operation[..., Any], model: type[BaseModel]) -> Callable[..., Response]:
    def handler(request: Any, caller: Any, calls: Any) -> Response:
        asked = _validated(model, _from_query(model, request), in_query, {FROM_QUERY})
        return JSONResponse(calls.call(caller.org, operation, asked))

    handler.__annotations__ = {
        "request": Request,
        "caller": CallerIs,
        "calls": CallsAre,
        "return": Response,
    }
    handler.__doc__ = f"{operation.summary}."
    return raises(*ACCOUNT_ERRORS, *TIKTOK_ERRORS)(handler)


def _validated(
    model: type[BaseModel],
    raw: dict[str, Any],
    place: Callable[[str], str],
    marks: Collection[str] = (),
) -> BaseModel:
    try:
        return validated(model, raw, marks)
    except ValidationError as error:
        raise unfit_parts((place(path), why) for path, why in problems_of(error)) from None


def _from_query(model: type[BaseModel], request: Request) -> dict[str, Any]:
    """Parse a query: `filters.videoIds=1,2` is the list of the field videoIds in filters."""
    lists = {".".join(path) for path, kind in _leaves(model) if kind == "array"}
    raw: dict[str, Any] = {}
    for name in request.query_params:
        values = [one for text in request.query_params.getlist(name) for one in text.split(",")]
        *outer, last = name.split(".")
        target = raw
        for part in outer[:4]:
            inner = target.setdefault(part, {})
            target = inner if isinstance(inner, dict) else {}
        target[last] = values if name in lists else request.query_params[name]
    return raw


def _leaves(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Any:
    for name, info in model.model_fields.items():
        path = (*prefix, to_camel(name))
        annotation = info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _leaves(annotation, path)
        else:
            kinds = [annotation, *get_args(annotation)]
            listed = any(get_origin(kind) in (tuple, list) for kind in kinds)
            yield path, "array" if listed else "integer" if int in kinds else "string"


def _parameters(model: type[BaseModel]) -> Any:
    for path, kind in _leaves(model):
        schema = {"type": kind} | ({"items": {"type": "string"}} if kind == "array" else {})
        yield {
            "name": ".".join(path),
            "in": "query",
            "required": False,
            "schema": schema,
            **({"style": "form", "explode": False} if kind == "array" else {}),
        }
