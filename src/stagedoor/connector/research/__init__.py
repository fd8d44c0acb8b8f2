"""Research jobs: long queries of the Research API, under the daily quota that an app has."""
