"""`python -m headroom.evals`."""

from headroom.evals.cli import main

main()
