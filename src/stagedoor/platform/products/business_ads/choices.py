"""The enumerations of campaigns, ad groups and ads."""

from ...ads_vocabulary import *
