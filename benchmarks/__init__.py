"""How fast it is, against the bare tools: `python -m benchmarks`. See docs/benchmarks.md."""
