"""Videos and images for ads: uploads, metadata, search, names (`business-ads.yaml`, file_*)."""

from .answers import *
from .choices import *
from .models import *
from .operations import *
