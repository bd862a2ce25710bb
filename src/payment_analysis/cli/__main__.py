"""`python -m payment_analysis.cli` is the command."""

from payment_analysis.cli.door import main

main()
