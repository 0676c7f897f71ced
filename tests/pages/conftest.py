"""The option that writes expectations anew."""


def pytest_addoption(parser):
    parser.addoption(
        "--regenerate",
        action="store_true",
        help="write tests/pages/*/*/article.json from what is read now; then read the diff",
    )
