"""TikTok API for Business: authorization, ad accounts, Business Center (`business.yaml`).

`common`, `limits` and `product` are shared by all product groups of this API.
"""

from .answers import *
from .centers import *
from .models import *
from .operations import *
