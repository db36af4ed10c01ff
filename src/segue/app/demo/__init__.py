"""``segue demo``: a real retailer's year, a composed world around it, and what became of both."""
