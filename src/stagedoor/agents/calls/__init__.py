"""Agents' calls: the decision, the execution and the outcome, for the MCP server and the REST
proxy."""
