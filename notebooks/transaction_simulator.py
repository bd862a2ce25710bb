# Databricks notebook source
# MAGIC %md
# MAGIC # Simulate transaction events
# MAGIC
# MAGIC Job 2. A history with known truth lands, and then live events for as long as is wanted.
# MAGIC
# MAGIC A thin door: in a job the environment brings the package; by hand run `%pip install ../.build/*.whl` first.

# COMMAND ----------

from payment_analysis.jobs.notebook import run_task

# COMMAND ----------

run_task("generate_transactions", globals().get("dbutils"))
