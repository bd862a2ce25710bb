"""Spark, the distributed engine: the same SQL files as a declarative pipeline, on one machine or on many."""
