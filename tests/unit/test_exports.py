"""The names that `import stagedoor` offers, and their cost."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import stagedoor
from stagedoor.platform import catalogue
from stagedoor.platform.exports import types_of
from stagedoor.platform.products import display, research
from tests.support.surface import methods, named_types, signature_types

SOURCE = Path(stagedoor.__file__)


def _checked_by_type_checkers() -> set[str]:
    """Names imported under `if TYPE_CHECKING` in the package."""
    tree = ast.parse(SOURCE.read_text())
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    return {
        alias.asname or alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_what_is_promised_is_what_type_checkers_see() -> None:
    assert set(stagedoor.__all__) == _checked_by_type_checkers()
    assert list(stagedoor.__all__) == sorted(set(stagedoor.__all__), key=_as_ruff_sorts)


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


@pytest.mark.parametrize("name", ["business", "research"])
def test_type_checkers_see_the_products_whose_types_are_derived(name: str) -> None:
    """One star import for each module of the catalogue: a type needs no line of its own."""
    tree = ast.parse(SOURCE.with_name(f"{name}.py").read_text())
    starred = {
        f"stagedoor.{node.module}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and [one.name for one in node.names] == ["*"]
    }
    assert starred == {module.__name__ for module in catalogue.products_of(name)}


def test_derived_names_are_types_and_what_products_declare() -> None:
    names = dir(stagedoor.business)
    assert {"Campaign", "CampaignFilters", "Tier", "ReportRow"} <= set(names)
    assert not {"CampaignQuery", "CAMPAIGN_GET", "Annotated"} & set(names)
    imported: dict[str, object] = {}
    exec("from stagedoor.business import *", imported)  # noqa: S102
    assert set(names) == imported.keys() - {"__builtins__"}
    assert stagedoor.business.CAMPAIGN_GET.request is stagedoor.business.CampaignQuery
    assert not hasattr(stagedoor.business, "Campain")
    assert not hasattr(stagedoor.business, "__path__")


def test_two_types_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two types are called .*Video"):
        types_of([display, research])


def test_every_promised_name_can_be_imported() -> None:
    for name in stagedoor.__all__:
        value = getattr(stagedoor, name)
        assert value is getattr(stagedoor, name)
        assert value.__doc__ or name in ALIASES, name
    assert set(stagedoor.__all__) <= set(dir(stagedoor))


ALIASES = {"Media", "OnProgress"}
"""Names of unions and functions, which can't have docs of their own."""
MODULES = [
    stagedoor,
    *(
        getattr(stagedoor, name)
        for name in ("business", "records", "research", "sharing", "embeds")
    ),
]


def test_types_that_methods_take_and_give_can_be_imported() -> None:
    offered = {getattr(module, name) for module in MODULES for name in module.__all__}
    with stagedoor.TikTok("key", "secret") as tiktok, stagedoor.TikTokBusiness("1", "s") as ads:
        for name, method in (methods(tiktok) | methods(ads)).items():
            for kind in signature_types(method):
                assert kind in offered, f"{name} speaks of {kind.__module__}.{kind.__qualname__}"
    assert stagedoor.Video.__module__ != stagedoor.research.Video.__module__


def test_types_of_functions_can_be_imported_too() -> None:
    offered = {getattr(module, name) for module in MODULES for name in module.__all__}
    for module in MODULES:
        for name in module.__all__:
            function = getattr(module, name)
            if inspect.isfunction(function):
                names = vars(inspect.getmodule(function))
                for hint in inspect.get_annotations(function).values():
                    for kind in named_types(eval(hint, dict(names))):  # noqa: S307
                        assert kind in offered, f"{name} speaks of {kind.__qualname__}"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(stagedoor, "TikTak")


def _python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


HEAVY = "pydantic", "pydantic_core", "httpx2", "anyio", "av", "click", "rich", "starlette"


@pytest.mark.parametrize(
    ("module", "wrong", "right"),
    [
        ("stagedoor", "Tiktok", "TikTok"),
        ("stagedoor.business", "Campain", "Campaign"),
        ("stagedoor.research", "Vidoe", "Video"),
        ("stagedoor.client", "AsyncTiktok", "AsyncTikTok"),
        ("stagedoor.testing", "in_proces", "in_process"),
        ("stagedoor.emulator", "Emulatr", "Emulator"),
    ],
)
def test_a_misspelt_name_is_told_with_the_right_one(module: str, wrong: str, right: str) -> None:
    code = f"import {module} as asked; asked.{wrong}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"Did you mean: '{right}'?" in done.stderr


def test_importing_the_package_alone_loads_nothing_heavy() -> None:
    loaded = _python(
        f"import sys, stagedoor; print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert loaded == "[]\n"


def test_the_client_does_not_load_media_libraries_pages_or_the_emulator() -> None:
    loaded = _python(
        "import sys\n"
        "from stagedoor import TikTok, AsyncTikTok, verify_webhook, check_video\n"
        "TikTok(access_token='act.1').close()\n"
        "print([name for name in ('av', 'click', 'rich', 'starlette', 'jinja2', 'yaml',"
        " 'stagedoor.emulator', 'stagedoor.cli') if name in sys.modules])"
    )
    assert loaded == "[]\n"


def test_the_pytest_plugin_costs_a_test_run_nothing_until_a_fixture_is_used() -> None:
    loaded = _python(
        "import sys, stagedoor.testing.pytest_plugin\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert loaded == "[]\n"
