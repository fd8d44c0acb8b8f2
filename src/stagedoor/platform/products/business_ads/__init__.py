"""Campaigns, ad groups, ads, their review, identities and regions (`business-ads.yaml`)."""

from ...ads_vocabulary import *
from .ad_group_models import *
from .ad_models import *
from .answers import *
from .campaign_models import *
from .created import *
from .identity_models import *
from .operations import *
from .other_operations import *
from .pages import *
from .queries import *
from .review_answers import *
