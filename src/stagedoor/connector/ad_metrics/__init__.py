"""Metrics of ads by day, and the delivery states of campaigns, ad groups and ads."""
