"""What people call the values of a facet."""

import pytest

from workers.search.results import FacetValue
from workers.site.display.names import facet_name


@pytest.mark.parametrize(
    ("facet", "value", "wanted"),
    [
        ("country", FacetValue("us", 1), "United States"),
        ("country", FacetValue("zz", 1), "zz"),
        ("lang", FacetValue("de", 1), "German"),
        ("lang", FacetValue("pt-br", 1), "Portuguese (br)"),
        ("lang", FacetValue("xx", 1), "xx"),
        ("outlet", FacetValue("post", 1, name="The Post"), "The Post"),
        ("outlet", FacetValue("post", 1), "post"),
        ("kind", FacetValue("live_blog", 1), "live blog"),
    ],
)
def test_codes_and_ids_are_shown_by_their_names(facet, value, wanted):
    assert facet_name(facet, value) == wanted
