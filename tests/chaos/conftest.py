"""One installation with servers and workers of its own, that may be harmed."""

import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from installation import installed


@pytest.fixture(scope="session", autouse=True)
def _servers(elasticsearch_files):
    """Every installation here starts an Elasticsearch."""


@pytest.fixture
def install(tmp_path):
    @contextmanager
    def start(broker, **options):
        with installed(broker, tmp_path, **options) as installation:
            yield installation

    return start
