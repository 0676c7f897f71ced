"""A web of this machine's own, crawled to see what an installation costs."""
