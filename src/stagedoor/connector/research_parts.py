"""The parts of a process for research and for copies of creators' data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .account_parts import AccountParts
from .portability.download import Downloads
from .portability.service import PortabilityService
from .research.ending import JobEndings
from .research.runs import JobRuns
from .research.service import ResearchJobs
from .research.single_calls import SingleCalls


@dataclass
class ResearchParts(AccountParts):
    """Research jobs, copies of creators' data."""

    @cached_property
    def research_ending(self) -> JobEndings:
        return JobEndings(self.clock, self.events)

    @cached_property
    def research_jobs(self) -> ResearchJobs:
        return ResearchJobs(self.database, self.clock, self.apps, self.research_ending)

    @cached_property
    def research_runs(self) -> JobRuns:
        return JobRuns(
            database=self.database,
            clock=self.clock,
            integrations=self.integrations,
            ending=self.research_ending,
            shutdown=self.shutdown,
        )

    @cached_property
    def research_calls(self) -> SingleCalls:
        return SingleCalls(self.database, self.clock)

    @cached_property
    def portability(self) -> PortabilityService:
        return PortabilityService(
            database=self.database,
            clock=self.clock,
            accounts=self.accounts,
            apps=self.apps,
            notices=self.notices,
            events=self.events,
        )

    @cached_property
    def downloads(self) -> Downloads:
        return Downloads(self.portability, self.accounts)
