"""Decisions as pure functions: authenticate, route, retry, rules, experiments. No clock, random, network or database."""
