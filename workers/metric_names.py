"""Counters and histograms of all workers, without the parts that Prometheus adds to their names."""

STAGE_EVENTS = "stage_events"
STAGE_SECONDS = "stage_message_seconds"
REJECTED = "rejected"
OUTLET_PAGES = "outlet_pages"
RESPONSES = "responses"
FETCH_TO_INDEX = "fetch_to_index_seconds"
