"""The OAuth server for MCP: a client that knows only the endpoint signs in as one agent."""
