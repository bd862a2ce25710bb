"""The command `payment-analysis`."""
