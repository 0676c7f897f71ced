# ruff: noqa: DTZ001  many dates are printed without a zone
"""Dates and times as machines write them, and as people do."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from workers.parse.text import calendars, date_parsing

ZONE = timezone(timedelta(hours=1))
NEW_YORK = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Updated 12 March", 0),
        ("Zuletzt aktualisiert am 12. März", 8),
        ("Mis à jour le 12 mars", 0),
        ("Modifié le 12 mars", 0),
        ("Actualización: 12 de marzo", 0),
        ("最終更新 3月12日", 2),
        ("최종수정 3월 12일", 2),
        ("12 March 2024Updated 13 March 2024", 13),
        ("12 March 2024 ESTUpdated 13 March 2024", 17),
        ("Anne Martin, journaliste, 12 mars", None),
        ("The outdated bridge, 12 March", None),
    ],
)
def test_where_a_line_mentions_a_change(text, at):
    assert date_parsing.find_change_marker(text) == at


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-12T14:05:33+01:00", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("2024-03-12T14:05:33.123Z", datetime(2024, 3, 12, 14, 5, 33, tzinfo=UTC)),
        ("2024-03-12 14:05", datetime(2024, 3, 12, 14, 5)),
        ("20240312T1405+0100", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("2024-03-12", datetime(2024, 3, 12)),
        ("1710252300", datetime(2024, 3, 12, 14, 5, tzinfo=UTC)),
        ("Tue, 12 Mar 2024 14:05:00 GMT", datetime(2024, 3, 12, 14, 5, tzinfo=UTC)),
        ("2024-03-12 2:05 PM", datetime(2024, 3, 12, 14, 5)),
        ("2024-03-12 12:05:33 a.m.", datetime(2024, 3, 12, 0, 5, 33)),
        ("2024-03-12T14:05+1", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("2024-03-12T14:05:00 CET", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("2024-03-12T14:05:00 GMT+0100", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("2024-03-12T14:05:00−05:00", datetime(2024, 3, 12, 14, 5, tzinfo=NEW_YORK)),
        ("Tue, 12 Mar 2024 14:05:00 CET", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("Tue, 12 Mar 2024 02:05 PM", datetime(2024, 3, 12, 14, 5)),
        ("Tue Mar 12 2024 14:05:33 GMT+0100 (CET)", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("Tue Mar 12 14:05:33 CET 2024", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("Tue Mar 12 14:05:33 +0100 2024", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("Tue, 12 Mar 2024 14:05:00 +99999999999999999999", None),
        ("Tue, 12 Mar 2024 14:05:99999999999999999999 GMT", None),
        ("Tue Mar 12 14:05:00 99999999999999999999", None),
        ("2024-03-12T14:05:00+99:00", None),
        ("2024-13-45", None),
        ("0001-01-01T00:00:00Z", None),
        ("soon", None),
    ],
)
def test_machine_written_dates(text, moment):
    assert date_parsing.parse_timestamp(text) == moment


@pytest.mark.parametrize(
    ("text", "language", "moment"),
    [
        ("Published 12 March 2024 at 2:05 pm", "en", datetime(2024, 3, 12, 14, 5)),
        ("March 12th, 2024", "en", datetime(2024, 3, 12)),
        ("Stand: 12. März 2024, 14:05 Uhr", "de", datetime(2024, 3, 12, 14, 5)),
        ("12.03.2024 | 14.05 Uhr", "de", datetime(2024, 3, 12, 14, 5)),
        ("Publié le 12 mars 2024 à 14h05", "fr", datetime(2024, 3, 12, 14, 5)),
        ("12 de marzo de 2024", "es", datetime(2024, 3, 12)),
        ("12 марта 2024, 14:05", "ru", datetime(2024, 3, 12, 14, 5)),
        ("12 marca 2024", "pl", datetime(2024, 3, 12)),
        ("2024年3月12日 14:05", "ja", datetime(2024, 3, 12, 14, 5)),
        ("2024년 3월 12일", "ko", datetime(2024, 3, 12)),
        ("12 Mar 2024 14:05:33 +0100", "en", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("March 12, 2024, 2:05 p.m. EST", "en", datetime(2024, 3, 12, 14, 5, tzinfo=NEW_YORK)),
        ("12 March 2024 14:05 ESTUpdated", "en", datetime(2024, 3, 12, 14, 5, tzinfo=NEW_YORK)),
        ("12. März 2024, 14.05 Uhr (MEZ)", "de", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("12 March 2024, 14:05 (UTC+1)", "en", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("12 March 2024, 14:05 CST", "en", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024, 14:05 ISTANBUL", "en", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024, 14:05-16:30", "en", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024, 14:05 +99999999999", "en", datetime(2024, 3, 12, 14, 5)),
        ("2019-01-07T17:27:31+02:00 March 12, 2024", "en", datetime(2024, 3, 12)),
        ("03/12/2024", "en-US", datetime(2024, 3, 12)),
        ("12/03/2024", "en-GB", datetime(2024, 3, 12)),
        ("no date here", "en", None),
    ],
)
def test_dates_as_people_write_them(text, language, moment):
    assert date_parsing.find_date(text, language) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("opened on 4 May 1998, closed since 3 June 2005 at 10:30", datetime(1998, 5, 4)),
        ("12 March 2024, updated at 18:00", datetime(2024, 3, 12)),
        ("14:05, 12 March 2024, updated at 18:00", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024 (Tuesday), at 14:05", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024 in the hall that opens its doors at 19:00", datetime(2024, 3, 12)),
    ],
)
def test_a_date_has_the_time_beside_it_and_no_other_time(text, moment):
    assert date_parsing.find_date(text, "en") == moment


@pytest.mark.parametrize(
    ("text", "language", "moment"),
    [
        # digits of the script
        ("१२ मार्च २०२४, १४:०५", "hi", datetime(2024, 3, 12, 14, 5)),
        ("১২ মার্চ ২০২৪", "bn", datetime(2024, 3, 12)),
        ("١٢ مارس ٢٠٢٤", "ar", datetime(2024, 3, 12)),
        # words with and without their marks
        ("12 फरवरी 2024", "hi", datetime(2024, 2, 12)),
        ("12 fevrier 2024", "fr", datetime(2024, 2, 12)),
        ("12 ابريل 2024", "ar", datetime(2024, 4, 12)),
        # months by other names
        ("12 آذار 2024", "ar", datetime(2024, 3, 12)),
        ("12 تشرين الثاني 2024", "ar", datetime(2024, 11, 12)),
        ("12 آذار / مارس 2024", "ar", datetime(2024, 3, 12)),
        ("12 غشت 2024", "ar", datetime(2024, 8, 12)),
        # the year first
        ("2024. március 12., kedd 14:05", "hu", datetime(2024, 3, 12, 14, 5)),
        ("2024. március 12. 14:05", "hu", datetime(2024, 3, 12, 14, 5)),
        ("2024 m. kovo 12 d.", "lt", datetime(2024, 3, 12)),
        ("2024. gada 12. martā", "lv", datetime(2024, 3, 12)),
        ("2024ko martxoaren 12a", "eu", datetime(2024, 3, 12)),
        ("12 tháng 3 năm 2024", "vi", datetime(2024, 3, 12)),
        ("12 במרץ 2024", "he", datetime(2024, 3, 12)),
        # other calendars
        ("12 มีนาคม 2567 14:05 น.", "th", datetime(2024, 3, 12, 14, 5)),
        ("12 มี.ค. 67", "th", datetime(2024, 3, 12)),
        ("12/03/2567", "th", datetime(2024, 3, 12)),
        ("۲۲ اسفند ۱۴۰۲", "fa", datetime(2024, 3, 12)),
        ("1402/12/22 14:05", "fa", datetime(2024, 3, 12, 14, 5)),
        ("1403/12/30", "fa", datetime(2025, 3, 20)),
        ("1402/12/30", "fa", datetime(2024, 3, 20)),
        ("1402/12/22", "en", None),
        ("令和6年3月12日", "ja", datetime(2024, 3, 12)),
        ("平成31年4月30日", "ja", datetime(2019, 4, 30)),
        ("民國113年3月12日", "zh", datetime(2024, 3, 12)),
        # halves of the day
        ("2024년 3월 12일 오후 2:05", "ko", datetime(2024, 3, 12, 14, 5)),
        ("2024년 3월 12일 오전 12시 5분", "ko", datetime(2024, 3, 12, 0, 5)),
        ("2024年3月12日 下午2:05", "zh", datetime(2024, 3, 12, 14, 5)),
        ("2024年3月12日 中午12:05", "zh", datetime(2024, 3, 12, 12, 5)),
        ("2024年3月12日 午後2時5分", "ja", datetime(2024, 3, 12, 14, 5)),
        ("12 مارس 2024 02:05 مساءً", "ar", datetime(2024, 3, 12, 14, 5)),
        ("12 Μαρτίου 2024, 2:05 μ.μ.", "el", datetime(2024, 3, 12, 14, 5)),
        # zones of two seasons
        ("Mar 9, 2024 2:05 p.m. ET", "en", datetime(2024, 3, 9, 14, 5, tzinfo=NEW_YORK)),
        ("July 9, 2024 2:05 PM PT", "en", datetime(2024, 7, 9, 21, 5, tzinfo=UTC)),
    ],
)
def test_dates_of_all_scripts_and_calendars(text, language, moment):
    assert date_parsing.find_date(text, language) == moment


FORMS = """
en | 06/Feb/2024
en | Feb-06-2024
en | 6-Feb-24
en | 6th Feb '24
de | 6. Feber 2024
pt | 06.fev.2024
ur | 06 فروری ، 2024
as | ৬ ফেব্ৰুৱাৰী ২০২৪
kn | ಫೆಬ್ರವರಿ 6, 2024
or | ୬ ଫେବୃଆରୀ ୨୦୨୪
lo | 6 ກຸມພາ 2024
km | ថ្ងៃទី៦ ខែកុម្ភៈ ឆ្នាំ២០២៤
my | ဖေဖော်ဝါရီ ၆၊ ၂၀၂၄
mn | 2024 оны 2-р сарын 6
so | 6 Febraayo 2024
hy | 2024 թ. փետրվարի 6
ja | 二〇二四年二月六日
zh | 二○二四年二月六日
zh | 113年2月6日
"""


@pytest.mark.parametrize("form", FORMS.strip().splitlines())
def test_days_as_the_languages_print_them(form):
    language, text = form.split(" | ")
    assert date_parsing.find_date(text, language) == datetime(2024, 2, 6)


@pytest.mark.parametrize(
    ("text", "language", "hour"),
    [
        ("06 फर॰ 2024 रात 9:40 बजे", "hi", 21),
        ("6 फ़रवरी 2024 सुबह 9:40 बजे", "hi", 9),
        ("০৬ ফেব্রুয়ারি ২০২৪, ০৯:৪০ পিএম", "bn", 21),
        ("6/2/2024 9:40 chiều", "vi", 21),
    ],
)
def test_halves_of_the_day(text, language, hour):
    assert date_parsing.find_date(text, language) == datetime(2024, 2, 6, hour, 40)


@pytest.mark.parametrize(
    ("text", "number"),
    [("六", 6), ("十", 10), ("十六", 16), ("二十六", 26), ("廿六", 26), ("三十", 30)],
)
def test_numbers_in_chinese_characters(text, number):
    assert calendars.han_number(text) == number


@pytest.mark.parametrize(
    "text", ["5 Mar. 24:00", "Route 6 Feb 2 km", "二〇二四年十三月六日", "113年前"]
)
def test_what_only_resembles_a_date_is_none(text):
    assert date_parsing.find_date(text, "zh") is None
