"""Custom audiences: customer files, rules, lookalikes, streaming (`business-audience.yaml`)."""

from .answers import *
from .choices import *
from .models import *
from .operations import *
from .streaming import *
