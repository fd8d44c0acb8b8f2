"""Records of what people do by API and CLI, beside the decisions on agents' calls."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stagedoor.connector.actions import ActionOutcome, RecordedAction
from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.integrations.errors import NoIntegration
from stagedoor.connector.integrations.service import Integrations

from .. import quoting
from .entry import ACTED, CallOutcome, Draft, EntryKind
from .service import Audit

logger = logging.getLogger("stagedoor.agents")

CLI = "cli"
"""The user of what is done by the command line."""
_MAX_WHERE = 200


class PeopleLog:
    """Appends actions to the audit. An action that can't be recorded raises, and isn't done."""

    def __init__(
        self, audit: Audit, database: Database, clock: Clock, integrations: Integrations
    ) -> None:
        self._audit = audit
        self._integrations = integrations
        self._database = database
        self._clock = clock

    def begin(self, action: RecordedAction) -> Callable[[ActionOutcome], object]:
        """Record an action; returns what records its outcome. Raises `AuditUnavailable`."""
        self._audit.begin(action.org)
        key = self._audit.key(action.org)
        draft = Draft(
            kind=EntryKind.ACTION,
            at=self._clock.now(),
            account=self._own(action),
            operation=action.name,
            decision=ACTED,
            rule=action.role,
            text=_text(action),
        )
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, action.org)
            receipt = self._audit.append(tenant, key, draft)

        def end(became: ActionOutcome) -> bool:
            return self._audit.settle(receipt, CallOutcome(became.value))

        return end

    def _own(self, action: RecordedAction) -> str | None:
        """The account that the action names, unless it isn't the organisation's."""
        if action.account is None:
            return None
        try:
            return self._integrations.get(action.org, action.account).id
        except NoIntegration:
            return None

    @contextmanager
    def recorded(self, org: str, name: str, summary: str, *, stops: bool = False) -> Iterator[None]:
        """Record a command of the command line around its work. One that `stops` something runs
        even if it can't be recorded."""
        action = RecordedAction(
            org=org, user=CLI, role="operator", name=name, summary=summary, where="stagedoor"
        )
        try:
            end = self.begin(action)
        except Exception:
            if not stops:
                raise
            logger.exception("%s couldn't be recorded", name)
            yield
            return
        became = ActionOutcome.UNKNOWN
        try:
            yield
            became = ActionOutcome.DONE
        except Exception:
            became = ActionOutcome.FAILED
            raise
        finally:
            try:
                end(became)
            except Exception:
                # the action is recorded, without its outcome: that can't be undone any more
                logger.exception("the outcome of %s couldn't be recorded", name)


def _text(action: RecordedAction) -> dict[str, str]:
    """The text of the entry. The path of a request is as long as its caller likes."""
    by, where = quoting.name(action.user, "Somebody"), quoting.one_line(action.where, _MAX_WHERE)
    sentence = f"{by}: {action.summary} ({where})."
    return {"sentence": sentence, "by": action.user, "where": where}
