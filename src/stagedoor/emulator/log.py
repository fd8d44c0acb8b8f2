"""The emulator's logger, whose lines have no secrets."""

from __future__ import annotations

import logging

from stagedoor.platform.masking import WithoutSecrets

logger = logging.getLogger("stagedoor.emulator")
logger.addFilter(WithoutSecrets())
