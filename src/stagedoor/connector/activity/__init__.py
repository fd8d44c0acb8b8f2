"""The activity store: an organisation's videos and their metrics over time."""
