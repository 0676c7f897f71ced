"""Who said what: quotations with their speakers."""

import pytest

from workers.annotate.statements import MAX_STATEMENTS, find_statements

Q = "“We will rebuild the old mill,”"


@pytest.mark.parametrize(
    ("paragraph", "language", "speaker"),
    [
        (f"{Q} said Ada Quill.", "en", "Ada Quill"),
        (f"{Q} Ada Quill said on Monday.", "en", "Ada Quill"),
        (f"{Q} said the club's coach Bo Inkwell.", "en", "Bo Inkwell"),
        (f"{Q} said the minister of works, Ada Quill.", "en", "Ada Quill"),
        (f"{Q} says Dr. Ada Quill, who built it.", "en", "Ada Quill"),
        (f"{Q} Prime Minister Ada Quill told the Courier.", "en", "Ada Quill"),
        (f"Ada Quill, head of Millworks, said: {Q}", "en", "Ada Quill"),
        (f"Mayor Ada Quill laughed, saying: {Q}", "en", "Ada Quill"),
        (f"According to Ada Quill, {Q} and soon.", "en", "Ada Quill"),
        (f"{Q} said the mayor of Merrow.", "en", None),
        (f"{Q} China said.", "en", None),
        (f"{Q} he told Reuters.", "en", None),
        (f"{Q} a lawyer told Judge Ada Quill.", "en", None),
        (f"{Q} the company said Monday.", "en", None),
        (f"A sign reads {Q} and nothing else.", "en", None),
        ("„Wir bauen die Mühle wieder auf“, sagte Ada Quill.", "de", "Ada Quill"),
        ("„Wir bauen die Mühle wieder auf“, so Bürgermeisterin Ada Quill.", "de", "Ada Quill"),
        ("„Wir bauen die Mühle wieder auf“, sagte der Sprecher.", "de", None),
        ("Ada Quill erklärte: «Wir bauen die Mühle wieder auf.»", "de-CH", "Ada Quill"),
        ("« Nous allons reconstruire le moulin », a déclaré Ada Quill.", "fr", "Ada Quill"),
        ("« Nous allons reconstruire le moulin », explique Mme Quill.", "fr", "Quill"),
        ("Ada Quill a précisé : « Nous allons reconstruire le moulin ».", "fr", "Ada Quill"),
        ("“Vamos a reconstruir el molino”, dijo Ada Quill.", "es", "Ada Quill"),
        ("La alcaldesa Ada Quill aseguró: “Vamos a reconstruir el molino”.", "es", "Ada Quill"),
    ],
)
def test_the_name_beside_a_verb_of_saying(paragraph, language, speaker):
    (found,) = find_statements([paragraph], language)

    assert found.speaker == speaker


def test_a_quotation_goes_on_with_its_speaker():
    found = find_statements(
        [f"{Q} said Ada Quill. “It was a fine old mill.”", "“It burned in nine short hours.”"], "en"
    )

    assert [each.speaker for each in found] == ["Ada Quill"] * 3
    assert found[1].text == "It was a fine old mill."


def test_surnames_and_pronouns_mean_whoever_was_named_before():
    found = find_statements(
        ["Ada Quill came late.", f"{Q} Quill said.", "“It will take nine years,” she said."], "en"
    )

    assert [each.speaker for each in found] == ["Ada Quill"] * 2


def test_somebody_without_a_name_ends_what_another_said():
    found = find_statements([f"{Q} said Ada Quill. “It is far too dear,” said the miller."], "en")

    assert [each.speaker for each in found] == ["Ada Quill", None]


@pytest.mark.parametrize(
    ("first", "second", "language"),
    [
        (f"{Q} said Ada Quill.", "“We will all go home now,” the minister said.", "en"),
        ("„Die Mühle wird bald gebaut“, sagte Ada Quill.",
         "Der Minister sagte: „Wir gehen jetzt alle nach Hause.“", "de"),
        ("« Nous allons rebâtir le moulin », a dit Ada Quill.",
         "Le ministre a dit : « Nous rentrons tous à la maison ».", "fr"),
    ],
)  # fmt: skip
def test_somebody_without_a_name_is_nobody_who_spoke_before(first, second, language):
    found = find_statements([first, second], language)

    assert [each.speaker for each in found] == ["Ada Quill", None]


def test_of_two_with_one_surname_each_has_what_they_said():
    found = find_statements(["Bo Quill and Ada Quill came late.", f"{Q} said Ada Quill."], "en")

    assert [each.speaker for each in found] == ["Ada Quill"]


@pytest.mark.parametrize(
    ("paragraphs", "language", "expected"),
    [
        (['„Die Mühle wird bald gebaut", sagte Ada Quill. „Sie war sehr alt", sagte Bo Inkwell.'],
         "de", [("Die Mühle wird bald gebaut", "Ada Quill"), ("Sie war sehr alt", "Bo Inkwell")]),
        (['“We will build it again," said Ada Quill. “It was very old," said Bo Inkwell.'],
         "en", [("We will build it again", "Ada Quill"), ("It was very old", "Bo Inkwell")]),
        (['The 6" pipe broke. "It is a bad pipe," said Ada Quill.'],
         "en", [("It is a bad pipe", "Ada Quill")]),
        (["“We will build the mill again.", "“It was very old,” said Ada Quill."],
         "en", [("We will build the mill again.", None), ("It was very old", "Ada Quill")]),
        ([f"{Q} said Ada Quill. " + "x " * 5_000],
         "en", [("We will rebuild the old mill", "Ada Quill")]),
    ],
)  # fmt: skip
def test_where_a_quotation_ends(paragraphs, language, expected):
    found = find_statements(paragraphs, language)

    assert [(each.text, each.speaker) for each in found] == expected


def test_a_few_words_in_quotation_marks_are_no_statement():
    assert find_statements(["The “old mill”, said Ada Quill, burned."], "en") == ()


@pytest.mark.parametrize("language", [None, "", "zh", "pl"])
def test_a_language_without_rules_has_none(language):
    assert find_statements([f"{Q} said Ada Quill."], language) == ()


def test_a_text_of_quotation_marks_is_read_soon():
    hostile = [
        "“" * 50_000,
        '"a" said ' * 9_000,
        f"{Q} said " + "a" * 90_000,
        f"{Q} said " + "A " * 9_000,
    ]

    assert len(find_statements([*hostile, *[f"{Q} said Ada Quill."] * 99], "en")) <= MAX_STATEMENTS
