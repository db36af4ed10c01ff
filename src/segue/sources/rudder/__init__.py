"""RudderStack's paths and documents."""
