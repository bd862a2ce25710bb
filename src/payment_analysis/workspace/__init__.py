"""The only room that speaks to Databricks."""
