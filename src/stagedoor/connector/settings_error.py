"""The error of a setting."""


class SettingsError(Exception):
    """A setting is missing or can't be used; the message names it and says what to do."""
