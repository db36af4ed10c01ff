"""DuckDB and Parquet."""
