"""A class name stands for one thing: no two modules use it for different things."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import stagedoor

PACKAGE = Path(stagedoor.__file__).parent

TIKTOK = "things at TikTok"
"""Products declare what TikTok calls its things, each in a namespace of its own, and the emulator
keeps records of the same things: `Comment`, `Campaign` and `Video` are TikTok's words."""

SHARED: Mapping[str, str] = {
    "Advertisers": "`stagedoor.Advertisers` is an answer, `business.advertisers` a service",
    "Category": "`stagedoor.Category` and `stagedoor.research.Category` are public",
    "Pacing": "`stagedoor.Pacing` and `stagedoor.business.Pacing` are public",
    "Post": "`stagedoor.Post` and `stagedoor.records.Post` are public",
    "Shared": "`stagedoor.sharing.Shared` and `stagedoor.business.Shared` are public",
    "User": "`stagedoor.User` is an answer, `tiktok.user` a service",
}
"""Names that users know, or that TikTok gave, with more than one meaning."""


def _home(module: Path) -> str:
    """The meaning that the module gives to its class names: its own, or TikTok's."""
    parts = module.relative_to(PACKAGE).parts
    records = parts[:2] == ("emulator", "products") and parts[-1] == "state.py"
    if parts[:2] == ("platform", "products") or records or parts[1:] == ("world", "entities.py"):
        return TIKTOK
    return "/".join(parts)


def _classes(module: Path) -> list[str]:
    """The names of a module's classes; those with an underscore are seen by the module alone."""
    tree = ast.parse(module.read_text())
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    return [name for name in names if not name.startswith("_")]


def test_a_class_name_stands_for_one_thing() -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for module in PACKAGE.rglob("*.py"):
        for name in _classes(module):
            homes[name].add(_home(module))
    several = {name: sorted(found) for name, found in homes.items() if len(found) > 1}
    new = {name: found for name, found in several.items() if name not in SHARED}
    assert not new, "give each class a name that says what it is"
    assert not SHARED.keys() - several.keys(), "has one meaning now: take it out of SHARED"


def test_a_product_uses_a_class_name_once() -> None:
    """The rule for `TIKTOK`: one product's words can't mean two things."""
    for products in (PACKAGE / "platform/products", PACKAGE / "emulator/products"):
        for product in sorted(one for one in products.iterdir() if one.is_dir()):
            modules = [one for one in product.rglob("*.py") if _home(one) == TIKTOK]
            names = [name for module in modules for name in _classes(module)]
            assert sorted({*names}) == sorted(names), product
