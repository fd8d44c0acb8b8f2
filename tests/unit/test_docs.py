"""The docs name every control route, setting, fault and command, and their links lead somewhere."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

from stagedoor.cli.overview import COMMANDS
from stagedoor.emulator import registry
from stagedoor.emulator.world import FaultKind
from stagedoor.emulator.world.settings import WorldSettings
from stagedoor.platform import catalogue
from stagedoor.platform.operation import OperationEffect
from tests.support.shows import shown

ROOT = Path(__file__).parents[2]
EMULATOR = (ROOT / "docs" / "emulator.md").read_text()


def test_every_control_route_is_documented() -> None:
    for package, product in registry.everything().items():
        if product.control:
            _documented(f"stagedoor.emulator.{package}.control")


def _documented(module: str) -> None:
    for route in import_module(module).ROUTES:
        if route.path == "/_emulator/" or not route.path.startswith("/_emulator/"):
            continue
        for method in route.methods - {"HEAD"}:
            lines = [line for line in EMULATOR.splitlines() if f"{route.path}`" in line]
            assert any(method in line for line in lines), f"{method} {route.path}"


def test_every_setting_with_its_default_and_every_fault_is_documented() -> None:
    for field in fields(WorldSettings):
        default = str(field.default).lower() if isinstance(field.default, bool) else field.default
        assert f"| `{field.name}` | {default} |" in EMULATOR, field.name
    for kind in FaultKind:
        assert f"| `{kind}` |" in EMULATOR, kind


def test_every_setting_of_the_service_is_documented() -> None:
    page = (ROOT / "docs" / "service.md").read_text()
    for module in ("settings", "keys"):
        source = (ROOT / "src" / "stagedoor" / "connector" / f"{module}.py").read_text()
        for name in set(re.findall(r"STAGEDOOR_[A-Z_]+[A-Z]", source)):
            assert f"`{name}`" in page, name


def test_the_readme_shows_every_command() -> None:
    readme = (ROOT / "README.md").read_text()
    for command in COMMANDS:
        assert f"stagedoor {command}" in readme or f"make {command}" in readme, command


def test_every_link_between_the_docs_leads_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_write_is_shown_by_a_contract_test() -> None:
    operations = catalogue.operations()
    writes = {one.id for one in operations.values() if one.effect is OperationEffect.WRITE}
    marked = shown()
    assert {one.write for one in marked} == writes
    for one in marked:
        assert one.through in operations, one
        assert one.through != one.write, one


def test_nothing_is_said_to_be_on_a_package_index() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "src").rglob("*.py")]
    for page in pages:
        found = re.search(r"pip install [\"']?stagedoor\b", page.read_text())
        assert found is None, f"{page}: {found}"


def test_no_fault_is_explained_twice() -> None:
    for kind in FaultKind:
        assert EMULATOR.count(f"\n| `{kind}` |") == 1, kind


def test_the_readme_says_how_an_account_is_connected_to_the_service() -> None:
    service = (ROOT / "README.md").read_text().partition("## The service")[2]
    asked, _, posts = service.partition("STAGEDOOR_SERVICE_URL=")
    assert "get-auth-url" in asked
    assert re.search(r"open .*authUrl.* in a browser", asked)
    assert "stagedoor post" in posts
