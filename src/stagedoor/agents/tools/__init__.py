"""Tools: the operations that an agent can discover and call, independent of MCP.

`task_tools` holds tools for common tasks, `operations` one tool for each declared operation.
`toolbox` lists an agent's own tools and makes its calls, through the one core of all entrances.
"""
