"""Agents: tools over gold, root causes, roles, the orchestrator, questions in plain language. Agents propose, people decide."""
