"""Share Kit: prepared shares and their results; see `stagedoor.client.sharing`."""

from .client.sharing import *  # noqa: F403
from .client.sharing import __all__ as __all__
