"""Research API: public videos, people and comments, for approved researchers (`research.yaml`).

Calls use the app's own token. The Virtual Compute Environment has no HTTP operations: it is a
notebook at TikTok with a library of its own.
"""

from .answers import *
from .fields import *
from .models import *
from .operations import *
