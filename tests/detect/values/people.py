"""People of a locale: names, addresses, places, telephone numbers, dates of birth."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cache
from random import Random

import phonenumbers
from faker import Faker
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from values import network
from values.pick import birth, digits, until

CITIES = {
    "en_US": "Boston|Chicago|Denver|Seattle|Austin|Portland|San Diego|New York|Philadelphia|Kansas City|Salt Lake City",
    "en_GB": "London|Manchester|Leeds|Bristol|Glasgow|Cardiff|Sheffield|Newcastle upon Tyne|Norwich|Milton Keynes",
    "en_IN": "Mumbai|Chennai|Bengaluru|Pune|Hyderabad|Jaipur|New Delhi|Kolkata|Kochi|Nagpur",
    "en_CA": "Toronto|Vancouver|Montréal|Calgary|Halifax|Winnipeg|Ottawa|Quebec City",
    "en_AU": "Sydney|Melbourne|Brisbane|Perth|Adelaide|Hobart|Gold Coast|Canberra",
    "de_DE": "Berlin|Hamburg|München|Köln|Frankfurt am Main|Leipzig|Düsseldorf|Bad Homburg|Görlitz|Halle (Saale)",
    "fr_FR": "Paris|Lyon|Marseille|Toulouse|Saint-Étienne|Aix-en-Provence|Nîmes|Le Havre|Rennes|Besançon",
    "es_ES": "Madrid|Barcelona|Sevilla|Málaga|A Coruña|San Sebastián|Valladolid|Cádiz|Las Palmas|León",
    "it_IT": "Roma|Milano|Napoli|Torino|Reggio Emilia|L'Aquila|Forlì|Venezia|Bari|La Spezia",
    "nl_NL": "Amsterdam|Rotterdam|Utrecht|Den Haag|'s-Hertogenbosch|Eindhoven|Bergen op Zoom|Groningen|Leiden",
    "pt_BR": "São Paulo|Rio de Janeiro|Belo Horizonte|Curitiba|Brasília|Porto Alegre|Goiânia|Feira de Santana|Recife",
    "pl_PL": "Warszawa|Kraków|Łódź|Wrocław|Gdańsk|Bielsko-Biała|Zielona Góra|Poznań|Szczecin",
    "sv_SE": "Stockholm|Göteborg|Malmö|Uppsala|Västerås|Örebro|Umeå|Jönköping",
    "ja_JP": "東京|大阪市|横浜市|札幌市|福岡市|京都市|仙台市",
}
COUNTRIES = {
    "en": "France|Germany|Brazil|New Zealand|Japan|South Africa|Poland|Mexico",
    "de": "Frankreich|Österreich|Schweden|Portugal|Kanada|Griechenland",
    "fr": "Allemagne|Espagne|Belgique|Canada|Grèce|Suède",
    "es": "Francia|Alemania|Argentina|Chile|Suecia|Grecia",
    "it": "Francia|Germania|Grecia|Svezia|Brasile",
    "nl": "Frankrijk|Duitsland|Zweden|Griekenland|Canada",
    "pt": "França|Alemanha|Argentina|Suécia|Angola",
    "pl": "Francja|Niemcy|Szwecja|Grecja|Kanada",
    "sv": "Frankrike|Tyskland|Norge|Grekland",
    "ja": "フランス|ドイツ|ブラジル",
}
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
}
DAY_FIRST = {"de": "%d.%m.%Y", "pl": "%d.%m.%Y", "nl": "%d-%m-%Y", "sv": "%Y-%m-%d", "ja": "%Y/%m/%d"}
US_STATES = "AL AZ CA CO FL GA IL MA MI NC NY OH OR PA TX UT WA".split()


@cache
def faker(locale: str) -> Faker:
    """One source per locale, seeded once: the order of calls decides what it gives."""
    source = Faker(locale)
    source.seed_instance(f"tests/detect/{locale}")
    return source


@dataclass
class Person:
    """A made-up person with all that is known of them."""

    rng: Random
    locale: str
    first: str = field(init=False)
    last: str = field(init=False)
    born: datetime.date = field(init=False)

    def __post_init__(self) -> None:
        source = faker(self.locale)
        self.first, self.last = source.first_name(), source.last_name()
        if self.locale == "es_ES" and self.rng.random() < 0.6:
            self.last += " " + source.last_name()
        self.born = birth(self.rng)

    @property
    def full(self) -> str:
        if self.locale == "ja_JP":
            return self.last + self.rng.choice(["", " ", "\u3000"]) + self.first
        return f"{self.first} {self.last}"

    def name(self, option: str) -> str:
        short = f"{self.first[0]}. {self.last}" if self.locale != "ja_JP" else self.last
        turned = f"{self.last}, {self.first}" if self.locale != "ja_JP" else self.full
        return {"first": self.first, "last": self.last, "reversed": turned, "initial": short}.get(option) or self.full

    def email(self) -> str:
        return network.email(self.rng, self.first, self.last)


def written_date(rng: Random, day: datetime.date, locale: str, option: str = "") -> str:
    """One of the writings of a date in the language; month first only in North America."""
    language = locale[:2]
    if option == "iso":
        return day.isoformat()
    writings = [day.isoformat(), day.strftime(DAY_FIRST.get(language, "%d/%m/%Y"))]
    if language == "ja":
        return rng.choice([*writings, f"{day.year}年{day.month}月{day.day}日"])
    month = MONTHS[language].split()[day.month - 1]
    writings.append({"de": f"{day.day}. {month} {day.year}"}.get(language, f"{day.day} {month} {day.year}"))
    if language in ("es", "pt"):
        writings[-1] = f"{day.day} de {month} de {day.year}"
    if language == "en":
        writings += [f"{month} {day.day}, {day.year}", f"{day.day} {month[:3]} {day.year}", day.strftime("%d-%m-%Y")]
    if locale in ("en_US", "en_CA"):
        writings = [
            day.isoformat(),
            f"{month} {day.day}, {day.year}",
            day.strftime("%m/%d/%Y"),
            day.strftime("%m-%d-%Y"),
        ]
    return rng.choice(writings)


def city(rng: Random, locale: str) -> str:
    """Four in five exist; in Italy all, as what Faker draws there hangs on the hash seed of the process."""
    return faker(locale).city() if locale != "it_IT" and rng.random() < 0.2 else rng.choice(CITIES[locale].split("|"))


def location(rng: Random, locale: str) -> str:
    return rng.choice(COUNTRIES[locale[:2]].split("|")) if rng.random() < 0.2 else city(rng, locale)


def street(locale: str) -> str:
    return faker(locale).street_address().replace("\n", ", ").strip()


def address_lines(rng: Random, locale: str) -> list[str]:
    source, town = faker(locale), city(rng, locale)
    if locale == "ja_JP":
        return [f"〒{source.postcode()}", source.address().split(" ")[0]]
    code = source.postcode()
    last = {
        "en_US": f"{town}, {rng.choice(US_STATES)} {code}",
        "en_GB": f"{town} {code}",
        "en_IN": f"{town} {code}",
        "en_CA": f"{town} {rng.choice(['ON', 'BC', 'QC', 'AB'])} {code}",
        "en_AU": f"{town} {rng.choice(['NSW', 'VIC', 'QLD', 'WA'])} {code}",
        "pt_BR": f"{town} - {rng.choice(['SP', 'RJ', 'MG', 'PR'])}, {code}",
    }.get(locale, f"{code} {town}")
    return [street(locale), last]


def phone(rng: Random, locale: str) -> str:
    """Half as Faker writes them, if they can be numbers at all; half valid ones in the usual writings."""
    region = locale[3:]
    if rng.random() < 0.5:
        return until(lambda text: possible(text, region), lambda: str(faker(locale).phone_number()))
    number = valid_phone(rng, region)
    writings = [
        PhoneNumberFormat.NATIONAL,
        PhoneNumberFormat.INTERNATIONAL,
        PhoneNumberFormat.INTERNATIONAL,
        PhoneNumberFormat.E164,
    ]
    text = phonenumbers.format_number(number, rng.choice(writings))
    if text.startswith("+") and rng.random() < 0.15 and region not in ("US", "CA", "AU", "JP"):
        return "00" + text[1:]
    return text.replace("-", ".").replace(" ", ".") if rng.random() < 0.06 else text


def valid_phone(rng: Random, region: str) -> phonenumbers.PhoneNumber:
    """Like the example of the region and kind, its last digits drawn anew."""
    kind = rng.choice([PhoneNumberType.MOBILE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE])
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        raise ValueError(f"no example of a number of {region}")
    text = phonenumbers.format_number(example, PhoneNumberFormat.E164)

    def drawn() -> str:
        return text[:-6] + digits(rng, 6)

    return phonenumbers.parse(until(lambda value: phonenumbers.is_valid_number(phonenumbers.parse(value)), drawn))


def possible(text: str, region: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False
