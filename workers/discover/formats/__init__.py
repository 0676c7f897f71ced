"""What feeds and sitemaps are written in: packed bytes, XML with faults, its bounds."""
