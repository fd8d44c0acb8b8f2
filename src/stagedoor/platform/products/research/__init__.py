"""Research API: public videos, people and comments, for approved researchers (`research.yaml`).

The app's own token is used. The Virtual Compute Environment has no HTTP operations: it is a
notebook at TikTok with a library of its own.
"""

from .fields import *
from .models import *
from .operations import *
