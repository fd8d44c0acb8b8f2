"""A process that takes a grant's lease, says so, and never gives it back."""

from __future__ import annotations

import sys
import time

from stagedoor.connector import settings
from stagedoor.connector.container import Container

services = Container.build(settings.load())
with services.integrations.tokens(sys.argv[1]).exclusive():
    print("held", flush=True)
    time.sleep(600)
