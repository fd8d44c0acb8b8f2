"""TikTok as declarations: operations, scopes, fields, limits, error codes, signatures. No I/O.

`products` has one folder per product, which declares its operations as values; `protocols` says how
each kind of call is encoded; `catalogue` lists all operations. The client, the emulator and all
packages that use them derive from these values and keep no copy of their own.
"""
