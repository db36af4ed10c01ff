"""PostgreSQL: embedded or by URL."""
