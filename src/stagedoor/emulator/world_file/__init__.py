"""World files: people, posts, apps and ad accounts that somebody wrote by hand, in YAML.

They are added to the ready-made ones. `content.py` declares what a file may hold, `reading.py`
finds line and field of mistakes, `filling.py` puts the content into a world.
"""

from .content import WorldContent as WorldContent
from .filling import fill as fill
from .reading import checked as checked
from .reading import parsed as parsed
from .reading import read as read
