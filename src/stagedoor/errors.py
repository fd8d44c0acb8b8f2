"""The errors of the client, under a short name: see `stagedoor.client.errors` for their tree."""

from stagedoor.client.errors import *  # noqa: F403
from stagedoor.client.errors import __all__ as __all__
