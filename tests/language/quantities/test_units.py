"""Every row of the table of units is read back from each of its spellings; what is no unit is left."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities.conversion import convert, dimension
from clearspan.language.quantities.unit_table import UNITS, Unit, named
from clearspan.language.quantities.units import each_at, known_unit, spelled, system_of, unit_at

SPELLED = [(spelling, unit) for unit in UNITS for spelling in (*unit.signs, *unit.spellings)]


@pytest.mark.parametrize(("spelling", "unit"), SPELLED, ids=[f"{unit.name}-{each}" for each, unit in SPELLED])
def test_every_spelling_is_its_unit(spelling: str, unit: Unit) -> None:
    for written in (spelling.replace("_", " "), spelling.replace("_", "-")):
        found = known_unit(written, unit.system)
        assert found is not None
        assert found.name == unit.name
    assert dimension(unit.name)


@given(st.sampled_from([(spelling, unit) for unit in UNITS for spelling in unit.spellings]))
def test_words_are_read_in_any_case(pair: tuple[str, Unit]) -> None:
    spelling, unit = pair
    words = spelling.replace("_", " ")
    for written in (words.upper(), words.capitalize()):
        found = known_unit(written, unit.system)
        assert found is not None
        assert found.name == unit.name


def test_what_is_said_and_written_is_read_back() -> None:
    for unit in UNITS:
        for value in (1, 2) if unit.one else ():
            assert known_unit(unit.one if value == 1 else unit.many, unit.system) == unit
            read = known_unit(spelled(unit.name, Fraction(value)), named(unit.name).system)
            assert read is not None
            assert read.name == unit.name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("KM", "kilometer"),
        ("Kg", "kilogram"),
        ("ML", "milliliter"),
        ("MPH", "mile/hour"),
        ("KWH", "kilowatt_hour"),
        ("mW", "milliwatt"),
        ("MW", "megawatt"),
        ("Mb", "megabit"),
        ("mb", "megabyte"),
        ("MB", "megabyte"),
        ("L", "liter"),
        ("square feet", "foot**2"),
        ("sq ft", "foot**2"),
        ("sq. km", "kilometer**2"),
        ("cubic yards", "yard**3"),
        ("cu ft", "foot**3"),
        ("cm²", "centimeter**2"),
        ("km2", "kilometer**2"),
        ("m³", "meter**3"),
        ("km/h", "kilometer/hour"),
        ("km / h", "kilometer/hour"),
        ("kilometres per hour", "kilometer/hour"),
        ("miles an hour", "mile/hour"),
        ("kg/m³", "kilogram/meter**3"),
        ("g/cm3", "gram/centimeter**3"),
        ("grams per litre", "gram/liter"),
        ("mg/kg", "milligram/kilogram"),
        ("m/s", "meter/second"),
        ("m/s²", "meter/second**2"),
        ("fl. oz", "fluid_ounce"),
        ("light years", "light_year"),
        ("watt hours", "watt_hour"),
        ("° C", "degC"),
        ("degrees Fahrenheit", "degF"),
        ("degrees", "degree"),
        ("°", "degree"),
        ("%", "percent"),
        ("per  cent", None),
        ("per cent", "percent"),
        ("percentage points", "percentage_point"),
        ("% points", "percentage_point"),
        ("pp", "percentage_point"),
        ("‰", "permille"),
        ("metric tons", "metric_ton"),
        ("US gallons", "gallon"),
        ("U.S. gallons", "gallon"),
        ("American pints", "pint"),
        ("imperial gallons", "imperial_gallon"),
        ("Imperial gallon", "imperial_gallon"),
        ("UK pints", "imperial_pint"),
        ("British tons", "long_ton"),
        ("long tons", "long_ton"),
        ("US hundredweight", "short_hundredweight"),
        ("imperial fluid ounces", "imperial_fluid_ounce"),
        ("US metres", None),
        ("us gallons", None),
        ("M", None),
        ("G", None),
        ("S", None),
        ("mw", None),
        ("5", None),
        ("as", None),
        ("in", None),
        ("bridges", None),
        ("metre stick", None),
        ("meters²", None),
        ("", None),
    ],
)
def test_known_units(written: str, name: str | None) -> None:
    found = known_unit(written)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("text", "system", "name", "end", "others"),
    [
        ("gallons of milk", "", "gallon", 7, ["imperial_gallon"]),
        ("gallons of milk", "imperial", "imperial_gallon", 7, []),
        ("gallons of milk", "US", "gallon", 7, []),
        ("US gallons", "imperial", "gallon", 10, []),
        ("imperial gallons", "US", "imperial_gallon", 16, []),
        ("teaspoons", "", "teaspoon", 9, []),
        ("teaspoons", "imperial", "teaspoon", 9, []),
        ("fluid ounces", "", "fluid_ounce", 12, ["imperial_fluid_ounce"]),
        ("miles per gallon", "", "mile/gallon", 16, ["mile/imperial_gallon"]),
        ("km per gallon", "", "kilometer/gallon", 13, ["kilometer/imperial_gallon"]),
        ("gallons per minute", "", "gallon/minute", 18, ["imperial_gallon/minute"]),
        ("gallons per minute", "imperial", "imperial_gallon/minute", 18, []),
        ("km per person", "", "kilometer", 2, []),
        ("kilometres long", "", "kilometer", 10, []),
        ("km, and", "", "kilometer", 2, []),
        ("square mile", "", "mile**2", 11, []),
    ],
)
def test_units_in_a_text(text: str, system: str, name: str, end: int, others: list[str]) -> None:
    found = unit_at(text, 0, system)
    assert found is not None
    assert (found.unit.name, found.end, [each.name for each in found.others]) == (name, end, others)


@pytest.mark.parametrize("text", ["kmx", "metresque", "m3x", "m²³", "degreesx", "US", "US of", "%x"])
def test_no_unit_ends_within_a_word(text: str) -> None:
    assert unit_at(text, 0) is None or text == "%x"


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("How many litres in a US gallon?", "US"),
        ("an American pint", "US"),
        ("in the USA", "US"),
        ("an imperial pint", "imperial"),
        ("British and UK pints", "imperial"),
        ("a U.K. gallon", "imperial"),
        ("US and UK gallons", ""),
        ("tell us about gallons", ""),
        ("imperially", ""),
        ("gallons", ""),
    ],
)
def test_the_system_that_a_text_names(text: str, system: str) -> None:
    assert system_of(text) == system


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("kilometer", "1", "kilometre"),
        ("kilometer", "-1", "kilometre"),
        ("kilometer", "2", "kilometres"),
        ("kilometer", "0.5", "kilometres"),
        ("foot", "2", "feet"),
        ("inch", "2", "inches"),
        ("century", "2", "centuries"),
        ("hertz", "2", "hertz"),
        ("degC", "1", "°C"),
        ("degF", "2", "°F"),
        ("kelvin", "2", "K"),
        ("percent", "2", "%"),
        ("permille", "2", "‰"),
        ("percentage_point", "2", "percentage points"),
        ("metric_ton", "2", "tonnes"),
        ("imperial_pint", "2", "pints"),
        ("gram/liter", "1", "gram per litre"),
        ("gram/liter", "2", "grams per litre"),
        ("kilometer/hour", "2", "kilometres per hour"),
        ("meter/second**2", "2", "metres per second squared"),
        ("foot**2", "1", "square foot"),
        ("1/mile**2", "2", "per square mile"),
    ],
)
def test_as_a_person_writes_it(name: str, value: str, written: str) -> None:
    assert spelled(name, Fraction(value)) == written


def test_rates_keep_the_system_and_the_dimension_of_their_parts() -> None:
    assert named("kilometer/gallon").system == "US"
    assert named("imperial_gallon/hour").system == "imperial"
    assert named("kilometer/hour").system == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mJ", "millijoule"),
        ("MJ", "megajoule"),
        ("NM", "nautical_mile"),
        ("nm", "nanometer"),
        ("Nm", "newton*meter"),
        ("kN", "kilonewton"),
        ("kn", "knot"),
        ("MBps", "megabyte/second"),
        ("Mbps", "megabit/second"),
        ("KM", "kilometer"),
        ("Kg", "kilogram"),
        ("KWh", "kilowatt_hour"),
        ("mhz", "megahertz"),
        ("ºC", "degC"),
    ],
)
def test_a_sign_is_read_in_its_own_case_and_in_no_other_prefix(text: str, name: str) -> None:
    found = known_unit(text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("text", ["mHz", "mw", "mj", "GbpS", "hPA", "kWH"])
def test_a_sign_in_a_case_that_may_be_another_unit_is_none(text: str) -> None:
    assert known_unit(text) is None


def test_only_units_of_a_system_share_their_words() -> None:
    by_word: dict[str, set[str]] = {}
    for unit in UNITS:
        for word in (*unit.spellings, *unit.signs):
            by_word.setdefault(word, set()).add(unit.name)
            assert not (len(by_word[word]) > 1 and not unit.system), word


def test_a_calorie_may_be_one_of_food() -> None:
    assert named("calorie").doubt == "a calorie of food is a kilocalorie"
    assert named("kilocalorie").doubt == ""


@given(st.text(max_size=30))
def test_any_text_is_read_or_left(text: str) -> None:
    found = unit_at(text, 0)
    assert found is None or 0 < found.end <= len(text)
    known_unit(text)
    system_of(text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("20 C", None),
        ("20 C and 68 F", "degC"),
        ("How hot is 20 C?", "degC"),
        ("A temperature: 20 C", "degC"),
        ("20 C, or 30 °C", "degC"),
        ("20 CAD on a cold day", None),
        ("Shot 20 C", None),
    ],
)
def test_an_initial_is_a_unit_where_the_text_speaks_of_temperatures(text: str, unit: str | None) -> None:
    found = unit_at(text, text.index("20") + 3)
    assert (found.unit.name if found else None) == unit


@pytest.mark.parametrize(
    ("text", "each"),
    [
        ("/100 g", "100*gram"),
        (" per 1,000 km", "1000*kilometer"),
        (" per hour", "hour"),
        (" an hour", "hour"),
        (" a 100 g", None),
        (" per person", None),
        (" a second", "second"),
        (" a second time", None),
        ("/0 g", None),
    ],
)
def test_what_something_is_for_each_of(text: str, each: str | None) -> None:
    found = each_at(text, 0)
    assert (found.unit.name if found else None) == each


def test_a_rate_for_so_many_of_a_unit_converts_and_is_spelt() -> None:
    assert convert(Fraction(5), "kilocalorie/100*gram", "kilocalorie/kilogram") == 50
    assert spelled("kilocalorie/100*gram", Fraction(5)) == "kilocalories per 100 grams"
    assert dimension("kilocalorie/100*gram") == dimension("kilocalorie/gram")
