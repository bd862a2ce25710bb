"""The pipeline `payment_analysis_etl`: seeds, quarantine, bronze and silver, as their SQL files define them.

`payment-analysis build --engine spark` runs this file here, and Lakeflow runs it on Databricks.
"""

from pyspark.sql import SparkSession

from payment_analysis.lakehouse.spark.datasets import define

define(SparkSession.active())
