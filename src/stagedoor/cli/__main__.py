"""`python -m stagedoor.cli` is the `stagedoor` command."""

from . import main

main()
