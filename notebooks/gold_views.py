# Databricks notebook source
# MAGIC %md
# MAGIC # Gold: rates, causes, recovery
# MAGIC
# MAGIC Job 3 makes these views; here they are shown as they are defined, with rows of each.
# MAGIC
# MAGIC A thin door: in a job the environment brings the package; by hand run `%pip install ../.build/*.whl` first.

# COMMAND ----------

from payment_analysis.jobs.notebook import show_layer

# COMMAND ----------

show_layer("gold", globals().get("dbutils"))
