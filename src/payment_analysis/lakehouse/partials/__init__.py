"""Partial aggregates: what gold questions add up, kept per day, and the rewriting that lets a question read them."""
