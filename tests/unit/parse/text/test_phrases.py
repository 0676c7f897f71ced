"""Lines outside the story are known by how they begin, in many languages."""

import pytest

from workers.parse.text import phrases


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Материалы по теме:", phrases.MORE),
        ("Więcej na ten temat", phrases.MORE),
        ("相关推荐", phrases.MORE),
        ("Σχετικά άρθρα", phrases.MORE),
        ("Haberin devamı", phrases.MORE),
        ("Добавить комментарий", phrases.PROMPT),
        ("Нашли ошибку? Выделите её и нажмите Ctrl+Enter", phrases.PROMPT),
        ("Dodaj swój komentarz (12)", phrases.PROMPT),
        ("发表评论", phrases.PROMPT),
        ("Laisser un commentaire", phrases.PROMPT),
        ("Версия для печати", phrases.SHARE),
        ("Wyślij znajomemu", phrases.SHARE),
        ("【打印】", phrases.SHARE),
        ("Εκτύπωση", phrases.SHARE),
        ("При перепечатке ссылка на газету обязательна", phrases.RIGHTS),
        ("Materiał chroniony prawem autorskim", phrases.RIGHTS),
        ("版权声明:", phrases.RIGHTS),
        ("Ключевые слова: река, мост", phrases.TAGS),
        ("Słowa kluczowe: rzeka", phrases.TAGS),
        ("责任编辑:王明", phrases.BYLINE),
        ("Data publikacji: 3 maja", phrases.DATED),
    ],
)
def test_a_line_that_is_not_the_story_is_known_by_its_first_words(line, kind):
    assert phrases.flags_of(line) & kind


@pytest.mark.parametrize(
    "line",
    [
        "Материалы дела переданы в суд, сообщил прокурор.",
        "Печатный станок привезли в город весной.",
        "Więcej pieniędzy trafi do szkół, zapowiada minister.",
        "相关部门已经展开调查。",
        "Drukujemy list w całości, bez skrótów.",
        "Commentateurs et joueurs attendaient la pluie.",
    ],
)
def test_a_sentence_of_a_story_is_not(line):
    assert phrases.flags_of(line) == 0
