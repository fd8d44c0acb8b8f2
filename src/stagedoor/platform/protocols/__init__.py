"""TikTok's protocols: the encoding of an operation's requests, answers and errors. No I/O.

A protocol is a value that a product's declaration names. The client, the emulator and the proxy
use that value and have no other code that depends on the protocol. `protocol` has the base class,
one module per protocol has its values; `layout`, `queries`, `json_body` and `multipart` are the
codecs that protocols share. A protocol is imported by the products that use it.
"""
