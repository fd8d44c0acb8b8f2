"""The MCP server: an agent's tools over streamable HTTP at /mcp, and over stdio through a bridge.

`app` authenticates and bounds requests; `server` answers them with the official SDK; `exchange` is
a fast path for a request with one answer; `bridge` is the client's side of stdio. The SDK is
imported when the service starts, not by its worker or the command line.
"""
