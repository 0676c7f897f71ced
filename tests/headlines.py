"""Headlines of the demo's outlets and others with the typography of real ones, and sentences whose
words are typed in more than one way."""

from datetime import UTC, datetime

from workers.local.newsstand.edition import build_edition
from workers.local.newsstand.newsrooms import load_newsrooms

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def _headlines_of_the_demo() -> list[tuple[str, str]]:
    editions = [build_edition(newsroom, 80, NOW) for newsroom in load_newsrooms()]
    pages = [page for edition in editions for page in edition.pages]
    return list(dict.fromkeys((page.language, page.title) for page in pages))


_TYPOGRAPHIC = [
    ("en", "The Who – and why they play on"),
    ("en", "To be or not to be"),
    ("en", "Mayor: “We will rebuild” the mill"),
    ("en", 'Council calls for "well-being” budget'),
    ("en", "R&D tax / grants: what’s next…?"),
    ("en", "Live: 12:30 kick-off moved to 3:15pm"),
    ("en", "O’Brien’s café | Eastmarch"),
    ("en", "Why you should NOT swim in the Weir"),
    ("en", '6" of snow (and more) :-('),
    ("en", "Sh*t happens, says bishop — again"),
    ("en", "-20 °C: coldest night since 1954"),
    ("en", "Quote: ‘It’s over’"),
    ("en", "Tag: you’re it, kind: of"),
    ("en", "5 * 5 = 25? Pupils disagree + teachers, too"),
    ("en", "🔥 Heat • warning ★ for ½ of the coast"),
    ("en", "re:publica opens; outlet:mall closes"),
    ("en", "Read it at https://weir-gazette.example/a-b?c=d"),
    ("en", "OR: what the state’s letters stand for"),
    ("en", "Smoke seen over #eastmarch @ noon ~ 3 hurt"),
    ("de", "»Wir schaffen das«: Bürger:innen über Gebühren"),
    ("de", "„Straße“ oder „Strasse“ – Streit um ß"),
    ("de", "Haushaltsdebatte: 3,5 Mio. Euro für Brücken/Wege"),
    ("de", "S-Bahn‑Ausbau … und nun?"),
    ("fr", "Port-Clair : les ostréiculteurs obtiennent l’aide d’urgence"),
    ("fr", "« C’est fini » : l’élection du maire annulée"),
    ("es", "¿Quién gana? ¡El faro de Punta Gris!"),
    ("ru", "«Зелёный» свет: ещё один паром — до Тихой"),
    ("ja", "東京都「減税」案を可決、３月２日に施行"),
    ("zh", "北京：新预算通过……市长说“很好”"),
    ("ko", "서울시, ‘새 예산’ 통과…시장 “환영”"),
    ("el", "Ο ποταμός «ανέβηκε» – έκλεισαν γέφυρες"),
]

HEADLINES = list(dict.fromkeys([*_headlines_of_the_demo(), *_TYPOGRAPHIC]))

# name → language and text
SENTENCES = {
    "stop-words": ("en", "They crossed the bridge to the other side."),
    "straight-apostrophe": ("en", "Mayor O'Brien spoke, and it was short."),
    "curly-apostrophe": ("en", "Mayor O’Brien walked, and it was long."),
    "accent": ("en", "A café by the river Orinne."),
    "no-accent": ("en", "The cafe on Weir Street."),
    "elision": ("fr", "Le maire parle de l’élection municipale."),
    "no-elision": ("fr", "Une élection municipale à Port-Clair."),
    "yo": ("ru", "Зелёный паром пришёл вовремя."),
    "ye": ("ru", "Зеленый паром опоздал."),
    "umlaut": ("de", "Schöne Grüße aus Köln."),
    "digraph": ("de", "Schoene Gruesse aus Koeln."),
    "colon": ("de", "Alle Bürger:innen zahlen Gebühren."),
    "full-width": ("ja", "ＮＨＫの２０２６年予算とテレビ"),
    "half-width": ("ja", "NHKの2026年予算とﾃﾚﾋﾞ"),
    "han": ("zh", "北京市政府公布新预算"),
    "han-apart": ("zh", "北方的京剧"),
    "hangul": ("ko", "서울시가 예산을 발표했다"),
}
