"""The sources of the pipelines, as Spark here and Lakeflow on Databricks run them."""

from pathlib import Path
from typing import Final

ETL: Final = Path(__file__).with_name("payment_analysis_etl.py")
REALTIME: Final = Path(__file__).with_name("payment_realtime_pipeline.py")
