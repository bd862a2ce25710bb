# Databricks notebook source
# MAGIC %md
# MAGIC # Train the four models
# MAGIC
# MAGIC Job 5. Reads silver, registers what it trains, and promotes what is significantly better.
# MAGIC
# MAGIC A thin door: in a job the environment brings the package; by hand run `%pip install ../.build/*.whl` first.

# COMMAND ----------

from payment_analysis.jobs.notebook import run_task

# COMMAND ----------

run_task("train_models", globals().get("dbutils"))
