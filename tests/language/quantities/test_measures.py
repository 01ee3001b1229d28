"""A number and its unit, its currency or its percent sign; counts, shares, ordinals and names otherwise."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities import quantities
from clearspan.language.quantities.unit_table import UNITS


@pytest.mark.parametrize(
    ("text", "read", "dimension", "exact", "unit"),
    [
        ("4,200 feet long", "4,200 feet", "[length]", "4200", "foot"),
        ("a 20-hour battery", "20-hour", "[time]", "20", "hour"),
        ("a 60\u00a0km road", "60\u00a0km", "[length]", "60", "kilometer"),
        ("12kg", "12kg", "[mass]", "12", "kilogram"),
        ("9.58s", "9.58s", "[time]", "9.58", "second"),
        ("50g of it", "50g", "[mass]", "50", "gram"),
        ("5g of salt", "5g", "[mass]", "5", "gram"),
        ("7g", "7g", "[mass]", "7", "gram"),
        ("2.5g", "2.5g", "[mass]", "2.5", "gram"),
        ("300 K", "300 K", "[temperature]", "300", "kelvin"),
        ("one and a half miles", "one and a half miles", "[length]", "1.5", "mile"),
        ("half a litre of it", "half a litre", "[length] ** 3", "0.5", "liter"),
        ("half an hour", "half an hour", "[time]", "0.5", "hour"),
        ("three-quarters of an hour", "three-quarters of an hour", "[time]", "0.75", "hour"),
        ("two thirds of a mile", "two thirds of a mile", "[length]", "2/3", "mile"),
        ("two thirds of the mile", "two thirds of the mile", "[length]", "2/3", "mile"),
        ("½ inch", "½ inch", "[length]", "0.5", "inch"),
        ("2½ miles", "2½ miles", "[length]", "2.5", "mile"),
        ("1/2 cup", "1/2 cup", "[length] ** 3", "0.5", "cup"),
        ("3/4-inch", "3/4-inch", "[length]", "0.75", "inch"),
        ("two hundred and fifty km", "two hundred and fifty km", "[length]", "250", "kilometer"),
        ("3 million km", "3 million km", "[length]", "3000000", "kilometer"),
        ("half a million tonnes", "half a million tonnes", "[mass]", "500000", "metric_ton"),
        ("6.02 × 10²³ kg", "6.02 × 10²³ kg", "[mass]", "602000000000000000000000", "kilogram"),
        ("6 in (about)", "6 in", "[length]", "6", "inch"),
        ("6 in.", "6 in", "[length]", "6", "inch"),
        ("6 in long", "6 in", "[length]", "6", "inch"),
        ("6in × n", "6in", "[length]", "6", "inch"),
        ("1/2 in, say", "1/2 in", "[length]", "0.5", "inch"),
        ("5'11\" tall", "5'11\"", "[length]", "71/12", "foot"),
        ("5′11″", "5′11″", "[length]", "71/12", "foot"),
        ("5’ 11.5”", "5’ 11.5”", "[length]", "143/24", "foot"),
        ("5'11''", "5'11''", "[length]", "71/12", "foot"),
        ("45°", "45°", "[angle]", "45", "degree"),
        ("51° 30′", "51° 30′", "[angle]", "51.5", "degree"),
        ("51°30'36\"", "51°30'36\"", "[angle]", "51.51", "degree"),
        ("−60 °C", "−60 °C", "[temperature]", "-60", "degC"),
        ("-60°F", "-60°F", "[temperature]", "-60", "degF"),
        ("minus five degrees Celsius", "minus five degrees Celsius", "[temperature]", "-5", "degC"),
        ("15%", "15%", "percent", "15", "percent"),
        ("15 per cent", "15 per cent", "percent", "15", "percent"),
        ("fifteen percent", "fifteen percent", "percent", "15", "percent"),
        ("2,5 %", "2,5 %", "percent", "2.5", "percent"),
        ("5‰", "5‰", "percent", "5", "permille"),
        ("5 percentage points", "5 percentage points", "percentage points", "5", "percentage_point"),
        ("5 pp", "5 pp", "percentage points", "5", "percentage_point"),
        ("5 %-points", "5 %-points", "percentage points", "5", "percentage_point"),
        ("two thirds", "two thirds", "percent", "2/3", "dimensionless"),
        ("½", "½", "percent", "1/2", "dimensionless"),
        ("1/2 of it", "1/2", "percent", "1/2", "dimensionless"),
        ("a third of it", "a third", "percent", "1/3", "dimensionless"),
        ("£4.50", "£4.50", "money:GBP", "4.5", ""),
        ("£1,200", "£1,200", "money:GBP", "1200", ""),
        ("$35 million", "$35 million", "money:USD", "35000000", ""),
        ("£1.2m", "£1.2m", "money:GBP", "1200000", ""),
        ("$5bn", "$5bn", "money:USD", "5000000000", ""),
        ("€3k", "€3k", "money:EUR", "3000", ""),
        ("USD 5", "USD 5", "money:USD", "5", ""),
        ("EUR5m", "EUR5m", "money:EUR", "5000000", ""),
        ("A$5", "A$5", "money:AUD", "5", ""),
        ("5 EUR", "5 EUR", "money:EUR", "5", ""),
        ("$5 AUD", "$5 AUD", "money:AUD", "5", ""),
        ("$5 USD", "$5 USD", "money:USD", "5", ""),
        ("£5 GBP", "£5 GBP", "money:GBP", "5", ""),
        ("5€", "5€", "money:EUR", "5", ""),
        ("two million euros", "two million euros", "money:EUR", "2000000", ""),
        ("ten dollars", "ten dollars", "money:USD", "10", ""),
        ("4 pounds sterling", "4 pounds sterling", "money:GBP", "4", ""),
        ("50p", "50p", "money:GBP", "0.5", ""),
        ("15 pence a day", "15 pence a day", "money:GBP", "0.15", "1/day"),
        ("-£5", "-£5", "money:GBP", "-5", ""),
        ("−$5 million", "−$5 million", "money:USD", "-5000000", ""),
        ("£12 per hour", "£12 per hour", "money:GBP", "12", "1/hour"),
        ("£12/hour", "£12/hour", "money:GBP", "12", "1/hour"),
        ("£5 an hour", "£5 an hour", "money:GBP", "5", "1/hour"),
        ("$3 a second", "$3 a second", "money:USD", "3", "1/second"),
        ("$3 a second time", "$3", "money:USD", "3", ""),
        ("$3 per second", "$3 per second", "money:USD", "3", "1/second"),
        ("$3 a person", "$3", "money:USD", "3", ""),
        ("60 km/h", "60 km/h", "[length] / [time]", "60", "kilometer/hour"),
        ("30 mph", "30 mph", "[length] / [time]", "30", "mile/hour"),
        ("3 kWh", "3 kWh", "[length] ** 2 * [mass] / [time] ** 2", "3", "kilowatt_hour"),
        ("5 kg/m³", "5 kg/m³", "[mass] / [length] ** 3", "5", "kilogram/meter**3"),
        ("400 people per square mile", "400 people per square mile", "1 / [length] ** 2", "400", "1/mile**2"),
        ("400 per km²", "400 per km²", "1 / [length] ** 2", "400", "1/kilometer**2"),
        ("3 live fish per litre", "3 live fish per litre", "1 / [length] ** 3", "3", "1/liter"),
        ("400 people per year", "400", "count", "400", ""),
        ("400 people", "400", "count", "400", ""),
        ("twelve thousand people", "twelve thousand", "count", "12000", ""),
        ("a dozen eggs", "a dozen", "count", "12", ""),
        ("10k", "10k", "count", "10000", ""),
        ("1.3bn people", "1.3bn", "count", "1300000000", ""),
        ("1.3 bn people", "1.3 bn", "count", "1300000000", ""),
        ("3rd", "3rd", "ordinal", "3", ""),
        ("11th", "11th", "ordinal", "11", ""),
        ("112th", "112th", "ordinal", "112", ""),
        ("21st", "21st", "ordinal", "21", ""),
        ("22nd", "22nd", "ordinal", "22", ""),
        ("1,003rd", "1,003rd", "ordinal", "1003", ""),
        ("the fourth", "fourth", "ordinal", "4", ""),
        ("twenty-first", "twenty-first", "ordinal", "21", ""),
        ("11st", "11st", "[mass]", "11", "stone"),
        ("2th", "2th", "designation", "0", ""),
        ("2.5th", "2.5th", "designation", "0", ""),
        ("supports 5G", "5G", "designation", "0", ""),
        ("supports 5g", "5g", "designation", "0", ""),
        ("2g", "2g", "designation", "0", ""),
        ("6g", "6g", "designation", "0", ""),
        ("4K", "4K", "designation", "0", ""),
        ("3D", "3D", "designation", "0", ""),
        ("90M", "90M", "designation", "0", ""),
        ("7_", "7_", "designation", "0", ""),
        ("1/2", "1/2", "designation", "0", ""),
        ("3.5.1", "3.5.1", "designation", "0", ""),
        ("007", "007", "designation", "0", ""),
    ],
)  # fmt: skip
def test_one_quantity(text: str, read: str, dimension: str, exact: str, unit: str) -> None:
    (found,) = quantities(text)
    assert (found.text, found.dimension, found.exact, found.unit) == (read, dimension, Fraction(exact), unit)
    assert text[found.start : found.end] == read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4,200 feet", 1280.16),
        ("half an hour", 1800.0),
        ("−60 °C", 213.15),
        ("32 °F", 273.15),
        ("15%", 15.0),
        ("5‰", 0.5),
        ("½", 50.0),
        ("5 pp", 5.0),
        ("£1.2m", 1.2e6),
        ("400 per km²", 4e-4),
        ("3rd", 3.0),
        ("a dozen", 12.0),
        ("70 dB", 70.0),
        ("5 kB", 40000.0),
    ],
)
def test_the_value_is_in_base_units(text: str, value: float) -> None:
    assert quantities(text)[0].value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "value", "others"),
    [
        ("10 gallons", 0.03785411784, (0.0454609,)),
        ("10 US gallons", 0.03785411784, ()),
        ("10 imperial gallons", 0.0454609, ()),
        ("a British car of 10 gallons", 0.0454609, ()),
        ("10 gallons, American ones", 0.03785411784, ()),
        ("5 tons", 4535.9237, (5080.2345440,)),
        ("5 long tons", 5080.234544, ()),
        ("5 tonnes", 5000.0, ()),
        ("5 metric tons", 5000.0, ()),
        ("3 hundredweight", 136.077711, (152.40703632,)),
        ("3 teaspoons", 1.478676478125e-05, ()),
        ("30 mpg", 30 * 425143.7074302720, (30 * 354006.189934647,)),
    ],
)
def test_one_system_at_a_time(text: str, value: float, others: tuple[float, ...]) -> None:
    found = quantities(text)[0]
    assert found.value == pytest.approx(value)
    assert found.others == pytest.approx(others)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("1,234 kg", "1,234 is read as 1234; with a decimal comma it would be 1.234"),
        ("£1,234", "1,234 is read as 1234; with a decimal comma it would be 1.234"),
        ("1,234 people", "1,234 is read as 1234; with a decimal comma it would be 1.234"),
        ("90m", "m is read as metres; it may be millions"),
        ("90 m", ""),
        ("10,11", "10,11 is read as 10.11; it may be two numbers"),
        ("10,11 kg", ""),
        ("1.234,5", ""),
        ("¥5", "¥ is read as yen; it is the sign of the yuan as well"),
        ("¥1,234", "1,234 is read as 1234; with a decimal comma it would be 1.234; "
                   "¥ is read as yen; it is the sign of the yuan as well"),
        ("5 calories", "a calorie of food is a kilocalorie"),
        ("5 kcal", ""),
        ("5 kg", ""),
        ("Weight (kg): 1,234", "1,234 is read as 1234; with a decimal comma it would be 1.234"),
    ],
)  # fmt: skip
def test_what_may_be_meant_otherwise_says_so(text: str, doubt: str) -> None:
    assert quantities(text)[0].doubt == doubt


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("five in ten", ["count", "count"]),
        ("5 in Paris", ["count"]),
        ("24/7", ["count", "count"]),
        ("half of it", []),
        ("half a mind", []),
        ("half past nine", ["clock"]),
        ("a mile", []),
        ("no one and one another", []),
        ("every one", ["count"]),
        ("5 'm", ["count"]),
        ("1080p", ["designation"]),
        ("99.5p", ["designation"]),
        ("100p", ["designation"]),
        ("5'12\"", ["count", "count"]),
        ("5 us gallons", ["count"]),
        ("10 - 5", ["count", "count"]),
        ("10 -5", ["count", "count"]),
        ("10 minus 5", ["count", "count"]),
        ("a-5", ["count"]),
        ("(3)-5", ["count", "count"]),
        ("x5 and _5 and v.5", []),
        ("$ and £", []),
        ("5 quarters", ["count"]),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [quantity.dimension for quantity in quantities(text)] == kinds


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("10 -5", 5),
        ("a-5", 5),
        ("(3)-5", 5),
        ("x -5", -5),
        ("(−5)", -5),
        ("–5", -5),
        ("5.-6", 6),
        ("minus 5", -5),
    ],
)
def test_a_minus_sign_belongs_to_the_number_after_it_only_where_nothing_stands_before(
    text: str, exact: int
) -> None:
    assert quantities(text)[-1].exact == exact


@pytest.mark.parametrize(
    ("text", "dimension", "exact"),
    [
        ("Weight (tonnes): 70", "[mass]", 70),
        ("Weight (t): 70; Length (m): 3", "[mass]", 70),
        ("Cost (£): 300\n", "money:GBP", 300),
        ("Cost (EUR): 300", "money:EUR", 300),
        ("Share (%): 5", "percent", 5),
        ("Speed (km/h): 80", "[length] / [time]", 80),
        ("Weight (tonnes): 70 or so", "count", 70),
        ("Weight (about): 70", "count", 70),
        ("Weight (kg) 70", "count", 70),
        ("Weight (kg):70", "count", 70),
    ],
)
def test_a_column_names_the_unit_of_its_cells(text: str, dimension: str, exact: int) -> None:
    found = quantities(text)[0]
    assert (found.dimension, found.exact, found.text) == (dimension, exact, str(exact))


@given(
    st.decimals(min_value=0, max_value=10**6, places=2),
    st.sampled_from([unit for unit in UNITS if unit.many and unit.name != "century"]),
)
def test_amounts_in_every_unit_read_back(value: object, unit: object) -> None:
    (found,) = quantities(f"It is {value:,} {unit.many} more.")  # type: ignore[attr-defined]
    assert found.text == f"{value:,} {unit.many}"  # type: ignore[attr-defined]
    assert found.exact == Fraction(str(value))
    assert found.unit in (unit.name, unit.name.replace("imperial_", "").replace("long_", "short_"))  # type: ignore[attr-defined]
