"""Campaigns, ad groups, ads, their review, identities and regions (`business-ads.yaml`)."""

from ...ads_vocabulary import *
from .ad_group_models import *
from .ad_models import *
from .ad_operations import *
from .answers import *
from .campaign_models import *
from .created import *
from .identities import *
from .operations import *
from .pages import *
from .queries import *
from .regions import *
from .review_answers import *
