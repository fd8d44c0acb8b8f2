"""Fetching files from URLs that callers give: every foreign address is checked by one guard."""
