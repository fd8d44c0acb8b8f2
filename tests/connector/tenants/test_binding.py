"""Every query on an organisation's table is bound to the organisation, in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import stagedoor
import stagedoor.agents
import stagedoor.connector
from stagedoor.agents.domains import DOMAINS
from stagedoor.connector.container import Container
from stagedoor.connector.database import ORG, TenantConnection, metadata
from stagedoor.connector.domains import CONNECTOR
from stagedoor.connector.tenants import store

SOURCE = Path(stagedoor.__file__).parent
FOLDERS = (stagedoor.connector, stagedoor.agents)
STATEMENTS = {"select", "insert", "update", "delete", "exists"}


def owned() -> set[str]:
    """Tables of organisations, by name; a table and its Python name are the same here."""
    CONNECTOR.import_tables()
    DOMAINS.import_tables()
    return {table.name for table in metadata.tables.values() if ORG in table.c}


def modules(pattern: str) -> Iterator[Path]:
    for package in FOLDERS:
        yield from Path(str(package.__file__)).parent.rglob(pattern)


def python_names() -> set[str]:
    """The names of the tables in code."""
    names, tables = set(), owned()
    for path in modules("models.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                first = node.value.args[0] if node.value.args else None
                if isinstance(first, ast.Constant) and first.value in tables:
                    names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def test_no_statement_goes_around_the_scope() -> None:
    tables = python_names()
    assert len(tables) >= 5
    around = []
    for path in modules("*.py"):
        source = path.read_text()
        if "sqlalchemy" not in source:  # which has the functions that make statements
            continue
        for node in ast.walk(ast.parse(source)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in STATEMENTS:
                continue
            used = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
            if used & tables:
                around.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert around == []


def test_a_scope_sees_and_changes_only_its_own(services: Container) -> None:
    with services.database.begin() as connection:
        for org in ("acme", "other"):
            store.set_setting(TenantConnection(connection, org), "colour", org)
        store.set_setting(TenantConnection(connection, "acme"), "colour", "red")
        assert store.setting(TenantConnection(connection, "other"), "colour") == "other"
        assert store.setting(TenantConnection(connection, "acme"), "colour") == "red"


def test_there_is_no_scope_without_an_organisation(services: Container) -> None:
    with services.database.begin() as connection, pytest.raises(ValueError, match="organisation"):
        TenantConnection(connection, "")
