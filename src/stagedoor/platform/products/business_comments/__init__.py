"""Comments on the posts of an account (`business-accounts.yaml`)."""

from .answers import *
from .models import *
from .operations import *
