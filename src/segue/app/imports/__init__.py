"""Files of events: uploaded, looked into, mapped, tried on their first rows, and imported."""
