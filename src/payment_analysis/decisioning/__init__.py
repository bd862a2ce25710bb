"""Decisions as pure functions: authenticate, route, retry, rules, experiments. No clock, network or database."""
