"""MCP's own OAuth: a client that knows only the address of the door signs in as one agent."""
