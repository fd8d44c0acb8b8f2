"""A TikTok account's profile, insights, posts and publishing (`business-accounts.yaml`)."""

from .answers import *
from .fields import *
from .models import *
from .operations import *
from .publishing import *
