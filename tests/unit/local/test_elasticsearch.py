"""How the embedded Elasticsearch is started."""

from workers.local.elasticsearch import COMPILER, HEAP, java_options


def test_its_java_has_a_bounded_heap_and_optimizes_late():
    assert java_options({}).split() == [*HEAP.split(), *COMPILER]


def test_the_users_own_options_of_java_stand_alone():
    assert java_options({"ES_JAVA_OPTS": "-Xmx4g"}) == "-Xmx4g"


def test_options_that_are_given_empty_leave_java_its_own():
    assert java_options({"ES_JAVA_OPTS": ""}) == ""
