"""What is no copy although it shares text: each trap gives texts that belong to no one else."""

import re

WEATHER = (
    "{day} will be {sky} in {city} with highs of {a} and lows of {b} degrees. Winds from the "
    "{wind} at {c} to {d} kilometres per hour. The chance of rain is {e} percent in the morning, "
    "rising to {f} percent by the evening.\n\nThe outlook for the weekend is {sky2}. Sunrise is at "
    "{g}:{h} and sunset at 1{i}:{j}. Sea temperature is {k} degrees. Drivers are asked to take "
    "care on higher ground, where visibility may be reduced. Further warnings are published by "
    "the weather service at six in the morning and at six in the evening."
)
MARKET = (
    "{city} shares closed {dir} on {day} as {sector} stocks {dir2}. The main index {dir3} {a}.{b} "
    "percent to {c},{d} points, while the broader index was at {e},{f} points. Turnover was {g} "
    "million.\n\nAmong the most active issues, {co} {dir2} {h}.{i} percent to {j} and {co2} was at "
    "{k}. Advancing issues outnumbered declining ones by {l} to {m}. The dollar was quoted at "
    "{n}.{o}, against {p}.{q} late on the day before. Brent crude for next-month delivery traded "
    "at {r}.{s} dollars a barrel. The yield of the ten-year bond was at {t}.{u} percent."
)
MATCH = (
    "{team} beat {team2} {a}-{b} at home on {day} in front of {c},{d} spectators. {name} opened "
    "the scoring in minute {e} and {name2} added the second in minute {f}, before {name3} pulled "
    "one back after {g} minutes. {team} move up to place {h} of the table with {i} points, while "
    "{team2} stay {j}th with {k} points from {l} matches. {team} next play away against {team3} "
    "on {day2}. The referee showed {m} yellow cards. {team2} had {n} percent of possession and "
    "{o} shots on goal."
)
RESULTS = (
    "{co} Q{a} net profit {b}.{c} mln vs {d}.{e} mln\n\nShr {f} cts vs {g} cts\n\nRevs {h}.{i} "
    "mln vs {j}.{k} mln\n\nNine months shr {l} cts vs {m} cts. Net {n}.{o} mln vs {p}.{q} mln. "
    "Revs {r}.{s} mln vs {t}.{u} mln. Note: prior year net includes gain of {v} dlrs from "
    "discontinued operations. Results are restated for the stock split. Full name of the company "
    "is {co} Incorporated."
)
HOROSCOPE = (
    "Your daily horoscope for {day}, by our astrologer {name}. Aries, March 21 to April 19: "
    "{p1}\n\nTaurus, April 20 to May 20: {p2}\n\nGemini, May 21 to June 20: {p3}\n\nCancer, June "
    "21 to July 22: {p4}\n\nRead more about your stars every morning, and call our astrologer for "
    "a personal reading. Calls cost two crowns a minute; ask whoever pays the bill."
)
TEMPLATES = (WEATHER, MARKET, MATCH, RESULTS, HOROSCOPE)
CHOICES = {
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "sky": ("mostly cloudy", "sunny", "overcast with showers", "clear and cold", "hazy"),
    "wind": "north south east west northwest southeast".split(),
    "dir": "higher lower little-changed mixed".split(),
    "dir2": "rose fell gained slipped rallied".split(),
    "dir3": "added lost shed gained".split(),
    "sector": "banking mining technology energy retail".split(),
    "city": "Oslo Lagos Bremen Cardiff Turin Quito Malmo Perth Leeds Porto".split(),
    "co": "Alvest Brunmar Corvil Dantec Elwood Fenmore Gratz Hollis Ivory Jessop".split(),
    "team": "Rovers Albion Athletic Wanderers Harriers Stanley Orient Victoria".split(),
    "name": "Moreno Okafor Lindt Sato Berger Novak Duval Kowal Haas Pereira".split(),
    "p": (
        "Money matters look up, but do not trust a stranger's advice before noon.",
        "A letter you had given up on arrives, and with it an old question.",
        "Be patient with those at home; they mean better than they sound.",
        "Your energy is high. Use it for the task that you have put off since spring.",
        "An evening among friends brings an idea worth keeping.",
        "Rest. What you decide today will look different tomorrow.",
        "Someone at work notices more than you think.",
        "A small purchase turns out larger than planned.",
        "Travel is favoured, though a delay may turn out to be a gift in the end.",
        "Keep your opinion to yourself until the weekend, and then say all of it.",
        "An elder relative asks for help; give more than is asked.",
        "The moon in your sign makes you restless. Walk, paint, sing, but sign nothing.",
        "Old habits return. This time you see where they come from.",
        "Luck in love, less so in games. Stay away from wagers.",
        "You hear praise from a side that has long been silent.",
        "Put the house in order before guests arrive unannounced.",
        "What seems a loss in the morning is a relief by night.",
        "Look twice at the small print of an offer that seems too kind.",
    ),
}
DISCLAIMER = (
    "This article is for information only and is no advice to buy or sell any security. The "
    "author holds none of the shares named. Past performance is no guide to future returns. "
    "Our editors work independently of the advertising department. If you find an error, write "
    "to corrections at this address and we shall put it right as soon as we can."
)
BIOGRAPHY = (
    "{name} has covered local politics for fourteen years and lives in {city} with two dogs "
    "and a piano. Before that {name} wrote about shipping for a trade weekly. Follow our "
    "reporter for updates, or sign up for the newsletter, which goes out every weekday morning "
    "at seven and holds the five stories you need. You can cancel at any time. We do not pass "
    "your address on to others."
)
SUBSCRIBE = (
    "Subscribe today and read without limits: all articles, the digital edition and our archive "
    "back to 1897. The first month costs one crown. Already a subscriber? Log in to go on "
    "reading. This story was produced with the support of our readers. Help us to keep it free "
    "for everyone by becoming a member, from three crowns a month."
)
BOILERPLATE = (DISCLAIMER, BIOGRAPHY, SUBSCRIBE)


def filled(template, rng, writer):
    """A template with figures and names of its own."""

    def value(match):
        name = match[1]
        stem = name.rstrip("0123456789")
        if stem == "p":
            return f"{rng.choice(CHOICES['p'])} {writer.paragraph(rng)[:90]}."
        if stem in CHOICES and name != "a":
            return rng.choice(CHOICES[stem])
        return str(rng.randrange(1, rng.choice((10, 60, 100, 1000))))

    return re.sub(r"\{(\w+)\}", value, template)


def with_boilerplate(paragraphs, rng, blocks, is_before=False):
    """An article with its outlet's blocks, which may be as long as itself."""
    own = rng.sample(blocks, rng.choice((1, 2, len(blocks))))
    return [*own[:1], *paragraphs, *own[1:]] if is_before else [*paragraphs, *own]


def quoting(paragraphs, quoted, rng):
    """An article that quotes one to three sentences of another."""
    sentences = re.split(r"(?<=[.!?])\s+|(?<=[。！？])", " ".join(quoted))
    long = [s for s in sentences if 40 < len(s) < 300] or sentences[:1]
    out = list(paragraphs)
    for sentence in rng.sample(long, min(len(long), rng.choice((1, 2, 3)))):
        out.insert(rng.randrange(len(out) + 1), f"“{sentence}”")
    return out


def round_up(bodies, rng):
    """The openings of several stories in one piece."""
    own = ["Good morning. Here is what you need to know today."] if rng.random() < 0.5 else []
    for body in bodies:
        text = " ".join(body.paragraphs[:3])
        ends = [m.end() for m in re.finditer(r"[.!?](?=\s)|[。！？]", text)]
        longest = rng.choice((250, 400, 600)) // (1 + body.is_unspaced)
        opening = [text[: max((end for end in ends if end <= longest), default=longest)]]
        own += [rng.choice((body.title, "")), *opening]
    return [part for part in own if part]


def other_report(body, own, rng):
    """A report of the same event by another writer: its quotes and names, other sentences."""
    quotes = re.findall(r"[\"“„«][^\"”“»]{30,250}[\"”»]", body.text)
    out = list(own)
    for quote in rng.sample(quotes, min(len(quotes), 4)):
        out.insert(rng.randrange(len(out) + 1), f"{quote}, it was said on Tuesday.")
    return out
