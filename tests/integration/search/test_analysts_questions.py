"""Every question of ops/analysts.md, asked of a small newsroom."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.article import Image
from schemas.events import Role
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.export import export_documents
from workers.search.params import SearchParams

pytestmark = pytest.mark.elasticsearch

PAGE = Path(__file__).parents[3] / "ops" / "analysts.md"
QUESTION = re.compile(r"^## \d+\. .+?\n+```\n(.+?)\n```\nfinds: (.+?)$", re.MULTILINE)


@pytest.fixture
def newsroom(put, story) -> None:
    first = story().fetched_at
    politics = {"section": "Politics", "fetched_at": first + timedelta(days=2)}
    reprint = {"cluster": "river", "role": Role.REPRINT}
    put(
        story(
            paragraphs=("The river rose. Families were evacuated.",),
            images=(Image("https://eastmarch-courier.example/r.jpg", "Water at the old mill"),),
        ),
        story("river-post", title="River rises", outlet="northpoint-post", overlap=0.9, **reprint),
        story("river-gazette", title="River rises", outlet="weir-gazette", overlap=0.6, **reprint),
        story("flood-opinion", title="After the flood", section="Opinion", tags=("evacuation",),
              paragraphs=("Evacuating is not enough.",), fetched_at=first + timedelta(days=4)),
        story("mill", title="Mayor speaks", paragraphs=("She said: we will rebuild the old mill.",),
              fetched_at=first - timedelta(days=9)),
        story("budget", title="Council passes budget", authors=("Ada Quill",),
              paragraphs=("The council passed it. " * 9,), **politics),
        story("budget-analysis", title="What the budget means", authors=("Bo Inkwell",),
              paragraphs=("It means less for the council. " * 9,), **politics),
        story("old-budget", title="Last budget", section="Politics", paragraphs=("Words. " * 40,),
              fetched_at=first - timedelta(days=300)),
        story("haushalt", title="Stadtrat beschließt Haushalt", outlet="weserblatt", language="de",
              paragraphs=("Beschlossen.",), fetched_at=first - timedelta(days=60)),
        story("wire-storm", title="Storm", source="Coast Wire", outlet="weir-gazette",
              paragraphs=("Villages are being evacuated.",), fetched_at=first + timedelta(days=5)),
        story("wire-copy", title="Sport", source="Courier Wire",
              paragraphs=("The match ended in a draw.",), fetched_at=first + timedelta(days=5)),
    )  # fmt: skip


@pytest.mark.usefixtures("newsroom")
def test_every_question_finds_what_the_page_says(search):
    questions = {
        query: sorted(ids.split(", ")) for query, ids in QUESTION.findall(PAGE.read_text())
    }
    reader = SearchReader(search)

    found = {
        query: sorted(
            document["document_id"]
            for batch in export_documents(reader, SearchParams(query=query))
            for document in batch
        )
        for query in questions
    }

    assert len(questions) == 10
    assert found == questions
