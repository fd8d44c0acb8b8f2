"""The MCP door: an agent's tools over streamable HTTP at /mcp, and over stdio through that.

`app` asks who it is and bounds what comes; `server` answers, over the official SDK; `exchange`
is the short way for a request with one answer; `bridge` is the other side of stdio. The SDK is
imported when the service starts, not by its worker or the command line.
"""
