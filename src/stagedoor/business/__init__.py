"""Short import path for the parameter and result types of TikTok API for Business."""

from . import accounts, ads, audiences, creators
from .accounts import *  # noqa: F403
from .ads import *  # noqa: F403
from .audiences import *  # noqa: F403
from .creators import *  # noqa: F403

__all__: list[str] = []
__all__ += accounts.__all__
__all__ += ads.__all__
__all__ += audiences.__all__
__all__ += creators.__all__
