"""The composition root: settings → adapters → processes."""
