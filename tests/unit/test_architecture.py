"""The architecture: imports, lengths of modules, and declared operations on every surface."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import grimp
import pytest

import stagedoor
from stagedoor import AsyncTikTok, AsyncTikTokBusiness, TikTok, TikTokBusiness
from stagedoor.client.service import Call, Service, Steps
from stagedoor.emulator import registry
from stagedoor.emulator.route_table import Routes
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Host, Operation, Surface
from stagedoor.platform.protocols.protocol import Protocol
from stagedoor.platform.protocols.upload_transfer import UPLOAD_TRANSFER
from tests.support.every import every

ROOT = Path(__file__).parents[2]
PACKAGE = Path(stagedoor.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

TRANSFERS = [o for o in catalogue.operations().values() if o.protocol is UPLOAD_TRANSFER]
"""Uploads: they travel inside the flows that publish, never as a call of their own."""

CALLS = [o for o in catalogue.operations().values() if o.protocol is not UPLOAD_TRANSFER]


def test_imports_go_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@every("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_that_holds_code_says_what_it_is_for(module: Path) -> None:
    tree = ast.parse(module.read_text())
    if tree.body:
        assert ast.get_docstring(tree)


Client = TikTok | AsyncTikTok | TikTokBusiness | AsyncTikTokBusiness


def offered(client: Client) -> dict[Operation[..., Any], list[str]]:
    """Every declared operation that can be called on a client, with the names of its methods."""
    found: dict[Operation[..., Any], list[str]] = {}
    for product in dir(type(client)):
        if product.startswith("_"):
            continue
        service = getattr(client, product)
        if not isinstance(service, Service):
            continue
        for name, value in vars(type(service)).items():
            if isinstance(value, Call | Steps) and value.operation is not None:
                found.setdefault(value.operation, []).append(f"{product}.{name}")
                assert callable(getattr(service, name))
    return found


@pytest.mark.parametrize("kind", [TikTok, AsyncTikTok, TikTokBusiness, AsyncTikTokBusiness])
def test_every_operation_is_one_method_of_its_client(kind: type[Client]) -> None:
    methods = offered(kind(access_token="act.1"))
    of_business = kind in (TikTokBusiness, AsyncTikTokBusiness)
    for operation in CALLS:
        if (operation.host is Host.BUSINESS) is not of_business:
            continue
        if Surface.CLIENT in operation.surfaces:
            assert len(methods.pop(operation, [])) == 1, operation.id
    assert methods == {}, "a method calls what isn't in the catalogue"


def test_both_clients_offer_the_same() -> None:
    def names(kind: type[Client]) -> list[str]:
        found = offered(kind(access_token="act.1")).values()
        return sorted(name for methods in found for name in methods)

    assert names(TikTok) == names(AsyncTikTok)
    assert names(TikTokBusiness) == names(AsyncTikTokBusiness)


@every("operation", CALLS, ids=lambda operation: operation.id)
def test_the_emulator_answers_every_operation(operation: Operation[..., Any]) -> None:
    route = Routes()[operation.method, operation.path]
    assert route is not None
    served = [plan.operation for plan in route.plans.values()]
    assert operation in served
    if operation.selector is not None:
        assert route.selector == operation.selector[0]
        assert route.plans[operation.selector[1]].operation is operation


def test_uploads_are_the_only_calls_without_a_method_and_a_route() -> None:
    assert [operation.id for operation in TRANSFERS] == ["media.upload_chunk"]
    modules = {registry.module(name) for name in registry.answering()}
    served = {operation for home in modules for operation in getattr(home, "HANDLERS", ())}
    assert served == set(CALLS)


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports inside functions and for type checkers count, too."""
    graph = grimp.build_graph("stagedoor", cache_dir=None)
    imports = {one: set(graph.find_modules_directly_imported_by(one)) for one in graph.modules}
    while free := [one for one, below in imports.items() if not below & imports.keys()]:
        for one in free:
            del imports[one]
    while above := imports.keys() - set[str]().union(*imports.values()):
        for one in above:
            del imports[one]
    assert not imports, f"circles among {sorted(imports)}"


_PROTOCOLS = {
    name
    for path in (PACKAGE / "platform" / "protocols").glob("*.py")
    for name, value in vars(import_module(f"stagedoor.platform.protocols.{path.stem}")).items()
    if path.stem != "__init__"
    and (isinstance(value, Protocol) or (isinstance(value, type) and issubclass(value, Protocol)))
} - {"Protocol"}
"""The names of the protocols and of their classes."""

_DECLARING = ("platform/protocols/", "platform/products/")


@every("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_decides_by_what_protocol_an_operation_has(module: Path) -> None:
    """A difference between protocols is an attribute or a method of `Protocol`."""
    if str(module.relative_to(PACKAGE)).startswith(_DECLARING):
        return
    for node in ast.walk(ast.parse(module.read_text())):
        judged: list[ast.expr] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("isinstance", "issubclass"):
            judged = node.args[1:]
        elif isinstance(node, ast.Compare):
            judged = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchClass | ast.MatchValue):
            judged = [node.cls if isinstance(node, ast.MatchClass) else node.value]
        names = {name.id for one in judged for name in ast.walk(one) if isinstance(name, ast.Name)}
        assert not names & _PROTOCOLS, ast.unparse(node)


def _names_of_ours(tree: ast.AST) -> list[str]:
    """The package's own modules that an import for type checkers alone names."""
    imports = [
        one
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        for one in ast.walk(statement)
    ]
    return [
        ast.unparse(one)
        for one in imports
        if (isinstance(one, ast.ImportFrom) and (one.level or "stagedoor" in str(one.module)))
        or (isinstance(one, ast.Import) and any("stagedoor" in name.name for name in one.names))
    ]


@every("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_packages_of_lazy_exports_import_modules_of_ours_for_type_checkers(
    module: Path,
) -> None:
    """Elsewhere such an import would hide what a module depends on, and circles."""
    tree = ast.parse(module.read_text())
    offers = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    } | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    if "__getattr__" not in offers:
        assert not _names_of_ours(tree)


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {str(one.relative_to(PACKAGE)): len(one.read_text().splitlines()) for one in MODULES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}
