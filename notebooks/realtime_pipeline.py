# Databricks notebook source
# MAGIC %md
# MAGIC # The real-time pipeline
# MAGIC
# MAGIC `payment_realtime_pipeline`: one-minute metrics, alerts and streaming features. Starts it
# MAGIC and says how far it is.
# MAGIC
# MAGIC A thin door: in a job the environment brings the package; by hand run `%pip install ../.build/*.whl` first.

# COMMAND ----------

from payment_analysis.jobs.notebook import run_pipeline

# COMMAND ----------

run_pipeline("payment_realtime_pipeline", globals().get("dbutils"))
