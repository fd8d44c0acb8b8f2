"""What TikTok is: operations, scopes, fields, limits, error codes, signatures. No I/O.

One module per product (`oauth`, `display`, `posting`, `media`, `webhooks`, `embed`) declares its
operations as values; `catalogue` lists them all. The client, the emulator and everything above
derive from these values and keep no copy of their own.
"""
