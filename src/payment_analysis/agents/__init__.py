"""Agents: tools over gold, root causes, roles, the orchestrator, questions in words. They propose, people decide."""
