"""A seeded world with known truth."""
