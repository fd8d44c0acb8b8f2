"""Login Kit OAuth v2: the consent page, three grants, revoke (`oauth.yaml`)."""

from .models import *
from .operations import *
