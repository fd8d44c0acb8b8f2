"""TikTok's protocols: the encoding of an operation's requests, answers and errors. No I/O.

A protocol is a value that a product's declaration names. The client, the emulator and the proxy
use that value and have no other code that depends on the protocol. `protocol` has the base class,
one module per protocol has its values; `layout`, `queries`, `json_body` and `multipart` are the
codecs that protocols share.
"""

from .oauth_form import OAUTH_FORM as OAUTH_FORM
from .open_api import OPEN_API as OPEN_API
from .open_api import OPEN_API_FILE as OPEN_API_FILE
from .open_api import OPEN_API_STATUS as OPEN_API_STATUS
from .open_api import OPEN_API_TEXT as OPEN_API_TEXT
from .open_api import OPEN_API_TWO_SPELLINGS as OPEN_API_TWO_SPELLINGS
from .plain_json import PLAIN_JSON as PLAIN_JSON
from .protocol import Api as Api
from .protocol import Note as Note
from .protocol import Problem as Problem
from .protocol import Protocol as Protocol
from .protocol import Response as Response
from .protocol import Subject as Subject
from .protocol import UnreadableAnswer as UnreadableAnswer
from .upload_transfer import UPLOAD_TRANSFER as UPLOAD_TRANSFER
