# Databricks notebook source
# MAGIC %md
# MAGIC # The continuous processor
# MAGIC
# MAGIC `payment_analysis_etl`: events that land become bronze, silver and gold, without an end.
# MAGIC Starts it and says how far it is.
# MAGIC
# MAGIC A thin door: in a job the environment brings the package; by hand run `%pip install ../.build/*.whl` first.

# COMMAND ----------

from payment_analysis.jobs.notebook import run_pipeline

# COMMAND ----------

run_pipeline("payment_analysis_etl", globals().get("dbutils"))
