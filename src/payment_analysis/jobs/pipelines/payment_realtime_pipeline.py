"""The pipeline `payment_realtime_pipeline`: what the newest minutes look like, as their SQL files define it.

It reads the tables that `payment_analysis_etl` makes, and keeps what follows from them current by the minute.
"""

from pyspark.sql import SparkSession

from payment_analysis.lakehouse.spark.datasets import define_realtime

define_realtime(SparkSession.active())
