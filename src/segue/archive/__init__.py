"""The log's past as Parquet, and questions to it."""
