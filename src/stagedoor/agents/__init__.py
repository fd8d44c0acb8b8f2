"""The agent gateway: agents, their grants, their calls and the decisions on them.

`identity` holds agents and their keys, `grants` their grants, `decisions` decides calls, `audit`
keeps an entry for each decision. Entrances call `Gate.decide` before they call TikTok, and
`Gate.settle` afterwards.
"""
