"""Data Portability: ask for a copy of a person's data, follow it, fetch it (`portability.yaml`).

Only people in the European Economic Area and the United Kingdom give data. What is in the archive
is declared in `archive`.
"""

from .models import *
from .operations import *
