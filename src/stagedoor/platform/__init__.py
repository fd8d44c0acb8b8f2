"""What TikTok is: operations, scopes, fields, limits, error codes, signatures. No I/O.

`products` has one folder per product, which declares its operations as values; `protocols` says how
each kind of call travels; `catalogue` lists all operations. The client, the emulator and everything
above derive from these values and keep no copy of their own.
"""
