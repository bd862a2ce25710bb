"""The command `payment-analysis`."""

from payment_analysis.cli.door import main

__all__ = ["main"]
