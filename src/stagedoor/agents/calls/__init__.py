"""Agents' calls from the MCP server and the REST proxy: decision, execution and outcome."""
