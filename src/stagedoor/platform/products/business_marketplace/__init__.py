"""The older calls of the creator marketplace, TTCM (`business-accounts.yaml`, tcm_legacy)."""

from .answers import *
from .choices import *
from .models import *
from .operations import *
