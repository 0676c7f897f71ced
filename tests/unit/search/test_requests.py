"""What is asked of Elasticsearch."""

import pytest

from workers.search.params import SearchParams
from workers.search.requests import effective_sort


@pytest.mark.parametrize(
    ("query", "sort"),
    [("", "newest"), ("outlet:prefix*", "newest"), ("floods", "relevance"), ("-floods", "newest")],
)
def test_relevance_is_the_order_only_where_words_are_searched_for(query, sort):
    assert effective_sort(SearchParams(query=query)) == sort
