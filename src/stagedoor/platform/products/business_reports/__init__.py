"""Reports of ads, page by page and as files (`business-reporting.yaml`)."""

from .answers import *
from .choices import *
from .metric_names import *
from .metrics import *
from .models import *
from .operations import *
