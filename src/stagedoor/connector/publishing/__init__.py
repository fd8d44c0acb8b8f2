"""Publishing: posts, their journal, and the workflow that makes each at most once."""
