"""The OAuth server for MCP: a client that knows only the endpoint's address signs in as one
agent."""
