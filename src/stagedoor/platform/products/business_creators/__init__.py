"""The creator marketplace, TikTok One (`business-accounts.yaml`, tto_*)."""

from .answers import *
from .campaigns import *
from .choices import *
from .discovery import *
from .holder import *
from .holder_operations import *
from .operations import *
from .report import *
