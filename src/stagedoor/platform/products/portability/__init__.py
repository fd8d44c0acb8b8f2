"""Data Portability: request a copy of a person's data, poll it, download it (`portability.yaml`).

Only people in the European Economic Area and the United Kingdom have data to export. `archive`
declares the contents of the archive.
"""

from .models import *
from .operations import *
