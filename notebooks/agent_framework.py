# Databricks notebook source
# MAGIC %md
# MAGIC # Agents: the orchestrator with all specialists on one question
# MAGIC
# MAGIC Job 6. Findings and proposals are kept in the store; nobody applies them but a person.
# MAGIC
# MAGIC A thin door: in a job the environment brings the package; by hand run `%pip install ../.build/*.whl` first.

# COMMAND ----------

from payment_analysis.jobs.notebook import run_task

# COMMAND ----------

run_task("run_agent_framework", globals().get("dbutils"))
