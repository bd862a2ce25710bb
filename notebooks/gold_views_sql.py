# Databricks notebook source
# MAGIC %md
# MAGIC # Gold views, in SQL
# MAGIC
# MAGIC Job 3. Runs the statements of `.build/transform/gold_views.sql`, made from the same files
# MAGIC that every engine reads.
# MAGIC
# MAGIC A thin door: in a job the environment brings the package; by hand run `%pip install ../.build/*.whl` first.

# COMMAND ----------

from payment_analysis.jobs.notebook import run_task

# COMMAND ----------

run_task("create_gold_views", globals().get("dbutils"))
