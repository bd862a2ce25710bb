# Databricks notebook source
# MAGIC %md
# MAGIC # Silver: attempts and payments, reasons understood
# MAGIC
# MAGIC The pipeline `payment_analysis_etl` keeps these tables; here they are shown as they are
# MAGIC defined, with their newest rows.
# MAGIC
# MAGIC A thin door: in a job the environment brings the package; by hand run `%pip install ../.build/*.whl` first.

# COMMAND ----------

from payment_analysis.jobs.notebook import show_layer

# COMMAND ----------

show_layer("silver", globals().get("dbutils"))
