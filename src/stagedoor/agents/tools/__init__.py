"""Tools: what an agent finds when it asks what it can do. They know nothing of MCP.

`jobs` holds what people ask of TikTok, `operations` one tool for each declared operation.
`toolbox` lists an agent's own and does what it calls, through the one core of all doors.
"""
