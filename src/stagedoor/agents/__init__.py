"""The agent gateway: who an agent is, what it was given, what it asked and what was decided.

`identity` knows agents and their keys, `grants` what each was given, `decisions` judges a call,
`audit` keeps a row for each. Doors call `Gate.decide` before they call TikTok, and `Gate.settle`
afterwards.
"""
