"""Units as people write them, converted by pint.

Only listed spellings count as units: pint alone would read 'as' as attoseconds and 'in' as inches.
"""

from decimal import Decimal
from functools import cache
from typing import Any

from clearspan.errors import BadInput

_SPELLINGS: dict[str, str] = {
    "millimeter": "mm millimetre millimetres millimeter millimeters",
    "centimeter": "cm centimetre centimetres centimeter centimeters",
    "meter": "m metre metres meter meters",
    "kilometer": "km kilometre kilometres kilometer kilometers",
    "inch": "inch inches",
    "foot": "ft foot feet",
    "yard": "yd yard yards",
    "mile": "mi mile miles",
    "nautical_mile": "nmi nautical_mile nautical_miles",
    "light_year": "light-year light-years light_year light_years",
    "astronomical_unit": "au astronomical_unit astronomical_units",
    "milligram": "mg milligram milligrams",
    "gram": "g gram grams gramme grammes",
    "kilogram": "kg kilogram kilograms kilo kilos kilogramme kilogrammes",
    "metric_ton": "t tonne tonnes metric_ton metric_tons",
    "ounce": "oz ounce ounces",
    "pound": "pound pounds lb lbs",
    "stone": "stone stones",
    "short_ton": "ton tons short_ton short_tons",
    "second": "second seconds s sec secs",
    "minute": "minute minutes min mins",
    "hour": "hour hours h hr hrs",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "century": "century centuries",
    "milliliter": "ml millilitre millilitres milliliter milliliters",
    "liter": "l litre litres liter liters",
    "imperial_pint": "pint pints",
    "gallon": "gallon gallons gal",
    "cup": "cup cups",
    "teaspoon": "teaspoon teaspoons tsp",
    "tablespoon": "tablespoon tablespoons tbsp",
    "meter**2": "m² m2 square_metre square_metres square_meter square_meters",
    "kilometer**2": "km² km2 square_kilometre square_kilometres square_kilometer square_kilometers",
    "foot**2": "square_foot square_feet",
    "mile**2": "square_mile square_miles",
    "hectare": "ha hectare hectares",
    "acre": "acre acres",
    "meter**3": "m³ m3 cubic_metre cubic_metres cubic_meter cubic_meters",
    "foot**3": "cubic_foot cubic_feet",
    "yard**3": "cubic_yard cubic_yards",
    "kilometer/hour": "km/h kph kmh kilometres_per_hour kilometers_per_hour",
    "mile/hour": "mph miles_per_hour",
    "meter/second": "m/s metres_per_second meters_per_second",
    "knot": "kn knot knots",
    "degC": "°c celsius degrees_celsius degree_celsius",
    "degF": "°f fahrenheit degrees_fahrenheit degree_fahrenheit",
    "kelvin": "kelvin kelvins",
    "joule": "j joule joules",
    "kilojoule": "kj kilojoule kilojoules",
    "calorie": "calorie calories cal",
    "kilocalorie": "kcal kilocalorie kilocalories",
    "watt_hour": "wh watt-hour watt-hours watt_hour watt_hours",
    "kilowatt_hour": "kwh kilowatt-hour kilowatt-hours kilowatt_hour kilowatt_hours",
    "watt": "w watt watts",
    "kilowatt": "kw kilowatt kilowatts",
    "megawatt": "mw megawatt megawatts",
    "hertz": "hz hertz",
    "kilohertz": "khz kilohertz",
    "decibel": "db decibel decibels",
    "pascal": "pa pascal pascals",
    "bar": "bar bars",
    "byte": "byte bytes",
    "kilobyte": "kb kilobyte kilobytes",
    "megabyte": "mb megabyte megabytes",
    "gigabyte": "gb gigabyte gigabytes",
}

UNITS: dict[str, str] = {
    spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
"""Lower-case spelling (spaces as underscores) → pint unit."""

_OFFSET_UNITS = frozenset({"degC", "degF"})


@cache
def _registry() -> Any:
    import pint

    # pint's annotation names float alone; Decimal is documented and keeps conversions exact.
    make: Any = pint.UnitRegistry
    return make(non_int_type=Decimal)


def known_unit(words: str) -> str | None:
    """The pint unit for a spelling such as 'kilometres' or 'square feet'; None if it is not a unit."""
    return UNITS.get("_".join(words.lower().split()))


@cache
def dimension(unit: str) -> str:
    """The dimension of a pint unit, e.g. `[length]`; units with equal dimensions convert into one another."""
    if unit == "decibel":
        return "[level]"
    return str(_registry().Unit(unit).dimensionality)


def convert(value: Decimal, unit: str, target: str) -> Decimal:
    """A value in another unit of the same dimension.

    Raises:
        BadInput: the dimensions differ; names both.
    """
    if unit == target:
        return value
    if dimension(unit) != dimension(target):
        raise BadInput(
            f"{unit.replace('_', ' ')} cannot be converted to {target.replace('_', ' ')}.",
            why=f"The first measures {_plain(dimension(unit))}, the second {_plain(dimension(target))}.",
            do="Ask for a unit of the same kind.",
        )
    quantity = _registry().Quantity(value, unit)
    return Decimal(quantity.to(target).magnitude)


def to_base(value: float, unit: str) -> float:
    """A value in the base unit of its dimension (metres, kilograms, seconds, kelvins …), for comparing."""
    if unit == "decibel":
        return value
    return float(_registry().Quantity(Decimal(repr(value)), unit).to_base_units().magnitude)


def spelled(unit: str, value: Decimal) -> str:
    """A unit as a person writes it after a value: 'kilometres', '°C', 'square feet'."""
    fixed = {"degC": "°C", "degF": "°F", "metric_ton": "tonnes", "kelvin": "K", "imperial_pint": "pints"}
    if unit in fixed:
        return fixed[unit]
    forms = _SPELLINGS[unit].split()
    long = [form for form in forms if len(form) > 2] or forms
    singular = long[0]
    plural = long[1] if len(long) > 1 else long[0]
    return (singular if abs(value) == 1 else plural).replace("_", " ")


def _plain(dimensionality: str) -> str:
    return dimensionality.replace("[", "").replace("]", "").replace(" ** ", "^") or "a pure number"
