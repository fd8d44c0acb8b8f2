"""The registry of domains: one folder each, with modules of fixed names.

`models` declares tables. `routes` has a `ROUTER`. `jobs` has a function `handlers`, whose
parameters are injected by their types, and may have `NEEDS_MEDIA`: the kinds of its jobs that read
or delete files of the media store. `data_rules` has a function `kinds`, whose parameters are
injected like those of `handlers`: the kinds of data that the domain keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from fastapi import APIRouter

from .data_kinds import DataKind
from .jobs import Batched, Handler
from .provided import Provided


@dataclass(frozen=True, slots=True)
class Domains:
    """The domains of one package, each after the domains that it depends on."""

    package: str
    names: tuple[str, ...]

    def import_tables(self) -> None:
        """Import every module that declares tables, so the metadata is complete."""
        for _ in self._modules("models"):
            pass

    def routers(self) -> tuple[APIRouter, ...]:
        return tuple(module.ROUTER for module in self._modules("routes"))

    def job_handlers(self, provided: Provided) -> dict[str, Handler | Batched]:
        """The handler of each kind of job."""
        found: dict[str, Handler | Batched] = {}
        for module in self._modules("jobs"):
            handlers: Mapping[str, Handler | Batched] = provided.call(module.handlers)
            found.update(handlers)
        return found

    def jobs_needing_media(self) -> frozenset[str]:
        """Kinds of jobs that read or delete files of the media store."""
        kinds = (getattr(module, "NEEDS_MEDIA", ()) for module in self._modules("jobs"))
        return frozenset(kind for some in kinds for kind in some)

    def data_kinds(self, provided: Provided) -> tuple[DataKind, ...]:
        """The kinds of data that the domains keep, those of the highest domain first."""
        modules = reversed(self._modules("data_rules"))
        return tuple(kind for module in modules for kind in provided.call(module.kinds))

    def _modules(self, name: str) -> Sequence[ModuleType]:
        return _modules(self, name)


@cache
def _modules(domains: Domains, name: str) -> Sequence[ModuleType]:
    paths = [f"{domains.package}.{domain}.{name}" for domain in domains.names]
    return [import_module(path) for path in paths if find_spec(path) is not None]


CONNECTOR = Domains(
    "stagedoor.connector",
    (
        "installation",
        "tenants",
        "schedule",
        "vault",
        "notices",
        "limits",
        "apps",
        "media",
        "integrations",
        "publishing",
        "webhooks",
        "ad_metrics",
        "audiences",
        "creatives",
        "ads",
        "inbox",
        "activity",
        "sync",
        "research",
        "commercial",
        "portability",
        "subscriptions",
        "data_rules",
        "pauses",
        "health",
        "reference",
    ),
)
