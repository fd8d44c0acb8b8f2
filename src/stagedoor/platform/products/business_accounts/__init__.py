"""A TikTok account: profile, insights, posts, publishing, webhooks (`business-accounts.yaml`)."""

from .answers import *
from .callbacks import *
from .fields import *
from .market import *
from .models import *
from .operations import *
from .properties import *
from .publishing import *
from .spark import *
