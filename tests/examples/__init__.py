"""One example of everything that is declared, from which the generated tests take their requests.

Contract, fuzz, tool, proxy, attack and codec tests go over the catalogue and ask `example_of`. A
module of this package holds the examples of one product as `EXAMPLES`; a new module is found by
itself. `tools` holds those of the tools that aren't an operation's own.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pydantic import BaseModel

from stagedoor.platform.operation import BrowserPage, Operation

from .example import NOTHING_BEGUN, Begun, Case, Example, Seeded, Values, begin

__all__ = [
    "EXAMPLES",
    "NOTHING_BEGUN",
    "Begun",
    "Case",
    "Example",
    "Seeded",
    "Values",
    "begin",
    "example_of",
    "json_of",
    "request_of",
    "values_of",
]


def _found() -> dict[str, Example]:
    found: dict[str, Example] = {}
    for module in iter_modules(__path__):
        for example in getattr(import_module(f"{__name__}.{module.name}"), "EXAMPLES", ()):
            if example.id in found:
                raise ValueError(f"{example.id} has two examples; tests/examples/ keeps one")
            found[example.id] = example
    return found


def example_of(declared: Operation[..., object] | BrowserPage) -> Example:
    """Fails, with the place where the example belongs, where there is none."""
    if declared.id not in EXAMPLES:
        raise AssertionError(missing(declared.id))
    return EXAMPLES[declared.id]


def missing(name: str) -> str:
    """The message for a developer who declared an operation without an example."""
    return (
        f"{name} has no example: add one to EXAMPLES in the module of tests/examples that has the "
        "name of its product's folder in platform/products"
    )


def values_of(operation: Operation[..., object], seeded: Seeded) -> Values:
    """The arguments of the example's request in this world."""
    example = example_of(operation)
    if example.request is None:
        raise AssertionError(f"the example of {operation.id} lacks a request")
    return example.request(seeded)


def request_of(operation: Operation[..., object], seeded: Seeded) -> BaseModel:
    """The example's request in this world."""
    model: BaseModel = operation.request(**values_of(operation, seeded))
    return model


def json_of(operation: Operation[..., object], seeded: Seeded) -> Values:
    """The example's request as the JSON that a tool takes."""
    request = request_of(operation, seeded)
    return request.model_dump(mode="json", by_alias=True, exclude_none=True)


EXAMPLES = _found()
"""By the id of what is declared. Last, since the modules that it imports use what stands above."""
