"""The creator marketplace, TikTok One (`business-accounts.yaml`, tto_*)."""

from ...creators_vocabulary import *
from .answers import *
from .campaigns import *
from .discovery import *
from .holder import *
from .holder_operations import *
from .operations import *
from .report import *
