"""Short import path for the client's errors; see `stagedoor.client.errors` for their tree."""

from stagedoor.client.errors import *  # noqa: F403
from stagedoor.client.errors import __all__ as __all__
