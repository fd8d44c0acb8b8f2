"""The parts of a process for rules about data. `Container` adds the others."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property

from .account_parts import AccountParts
from .data_kinds import DataKind
from .data_rules.persons import Persons
from .data_rules.registry import DataRegistry
from .data_rules.removal import Removals
from .data_rules.retention import RetentionRules


@dataclass
class DataParts(AccountParts):
    """How long data is kept, and a person's data."""

    @cached_property
    def data_registry(self) -> DataRegistry:
        return DataRegistry(self._data_kinds)

    def _data_kinds(self) -> tuple[DataKind, ...]:
        higher = (kind for declared in self.listeners.data_kinds.values() for kind in declared())
        return (*higher, *self.connector_data_kinds())

    @abstractmethod
    def connector_data_kinds(self) -> tuple[DataKind, ...]:
        """The kinds of data that the connector's domains keep."""

    @cached_property
    def retention_rules(self) -> RetentionRules:
        return RetentionRules(self.database, self.clock, self.data_registry)

    @cached_property
    def removals(self) -> Removals:
        return Removals(self.database, self.integrations, self.data_registry)

    @cached_property
    def persons(self) -> Persons:
        return Persons(
            database=self.database,
            vault=self.vault,
            clock=self.clock,
            integrations=self.integrations,
            registry=self.data_registry,
        )
