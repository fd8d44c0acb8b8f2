"""`help()` and `inspect.signature` of the client's methods."""

from __future__ import annotations

import inspect
import pydoc
import re
from collections.abc import Callable
from typing import Any, get_args, get_origin

import stagedoor
from stagedoor import AsyncTikTok, Post, TikTok, TikTokBusiness, Video, VideoPage, begin_login
from stagedoor.client.describe import plain
from stagedoor.platform import catalogue
from tests.support.every import every
from tests.support.surface import methods, services

PLAIN = getattr(pydoc, "plaintext")  # noqa: B009 - typeshed leaves it out
TIKTOK = TikTok("key", "secret")
ASYNC = AsyncTikTok("key", "secret")
BUSINESS = TikTokBusiness("7", "secret")
METHODS = methods(TIKTOK) | {f"business.{n}": one for n, one in methods(BUSINESS).items()}
WITHOUT_ERRORS = {
    "oauth.begin_login",
    "business.oauth.begin_advertiser_login",
    "business.oauth.begin_account_login",
}
"""They make an address, and send nothing."""


@every("name", METHODS, ids=str)
def test_a_method_shows_real_parameters_and_its_result(name: str) -> None:
    signature = inspect.signature(METHODS[name])
    for parameter in signature.parameters.values():
        assert parameter.name not in ("self", "session")
        assert parameter.annotation is plain(parameter.annotation) or (
            plain(parameter.annotation) == parameter.annotation
        ), "validators are no part of what a caller reads"
        assert not isinstance(parameter.annotation, str)
    shown = str(signature)
    assert "Annotated" not in shown
    assert "Flow[" not in shown
    assert "Generator" not in shown
    assert signature.return_annotation not in (signature.empty, Any)


@every("name", METHODS, ids=str)
def test_a_methods_docs_have_parameters_units_errors_and_source(name: str) -> None:
    doc = METHODS[name].__doc__ or ""
    for parameter in inspect.signature(METHODS[name]).parameters:
        told = re.search(rf"^    {parameter} \([^:]*?\):\s+\w", doc, re.MULTILINE)
        assert told, f"{name} says nothing of {parameter}"
    assert re.search(r"^(GET|POST|PUT) /\S+ \(source: [\w-]+\.yaml [\w.]+\)$", doc, re.MULTILINE)
    if name not in WITHOUT_ERRORS:
        assert "\nGives " in doc
        assert "Raises (from stagedoor.errors):" in doc


def test_every_request_field_is_described() -> None:
    from pydantic import BaseModel

    for operation in catalogue.operations().values():
        model = operation.request
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        if operation.id != "media.upload_chunk":
            for name, field in model.model_fields.items():
                assert field.description, f"{model.__name__}.{name}"


def test_results_are_plain_on_the_one_client_and_awaited_on_the_other() -> None:
    def result(function: Callable[..., Any]) -> Any:
        return inspect.signature(function).return_annotation

    assert result(TIKTOK.videos.list) is VideoPage
    assert result(TIKTOK.posts.publish_video) is Post
    assert get_args(result(TIKTOK.videos.all)) == (Video,)
    assert get_args(result(ASYNC.videos.list))[2] is VideoPage
    assert get_origin(result(ASYNC.videos.all)).__name__ == "AsyncWalking"
    assert get_args(result(ASYNC.posts.publish_video))[2] is Post


def test_help_on_a_product_shows_its_methods() -> None:
    for service in (*services(TIKTOK).values(), *services(BUSINESS).values()):
        shown = pydoc.render_doc(type(service), renderer=PLAIN)
        for name in vars(type(service)):
            if not name.startswith("_"):
                assert re.search(rf"^ \|  {name}\(", shown, re.MULTILINE), name


def test_help_on_a_method_names_errors_units_and_the_rate_limit() -> None:
    shown = pydoc.render_doc(TIKTOK.videos.list, renderer=PLAIN)
    for part in ("Unix milliseconds", "ScopeMissing", "600 calls in 60 s", "display.yaml"):
        assert part in shown


def test_the_app_s_own_fields_are_no_parameters() -> None:
    shown = str(inspect.signature(BUSINESS.oauth.exchange_auth_code))
    assert "auth_code" in shown
    assert "secret" not in shown
    assert "app_id" not in shown


def test_functions_are_described_too() -> None:
    assert "scopes" in str(inspect.signature(begin_login))
    for name in stagedoor.__all__:
        value = getattr(stagedoor, name)
        if inspect.isfunction(value):
            assert inspect.signature(value).return_annotation
            assert value.__doc__, name
