"""The one table of units: how each is written, said, and converted.

Only what is listed counts as a unit: pint alone would read 'as' as attoseconds. A row has the pint unit, its signs,
its words (singular and plural as they are said and written, then other spellings) and, where they apply, the system
that gives these words a size of its own, a dimension that pint does not tell apart, and what else the words may mean.
A sign in brackets is read only where the text speaks of what it measures. Square and cubic forms of lengths, and rates
('km/h', 'grams per 100 ml', 'miles an hour'), need no rows.
"""

from dataclasses import dataclass
from functools import cache

_TABLE = """
nanometer         | nm             | nanometre nanometres nanometer nanometers
micrometer        | µm μm          | micrometre micrometres micrometer micrometers micron microns
millimeter        | mm             | millimetre millimetres millimeter millimeters
centimeter        | cm             | centimetre centimetres centimeter centimeters
meter             | m              | metre metres meter meters
kilometer         | km             | kilometre kilometres kilometer kilometers
inch              | ″              | inch inches
foot              | ft ′           | foot feet
yard              | yd yds         | yard yards
fathom            |                | fathom fathoms
furlong           |                | furlong furlongs
mile              | mi             | mile miles
nautical_mile     | nmi NM         | nautical_mile nautical_miles
astronomical_unit | AU au          | astronomical_unit astronomical_units
light_year        | ly             | light-year light-years
parsec            |                | parsec parsecs
microgram         | µg μg mcg      | microgram micrograms
milligram         | mg             | milligram milligrams
gram              | g              | gram grams gramme grammes
kilogram          | kg         | kilogram kilograms kilo kilos kilogramme kilogrammes
metric_ton        | t              | tonne tonnes metric_ton metric_tons
ounce             | oz             | ounce ounces
pound             | lb lbs         | pound pounds
stone             | st             | stone stones
short_hundredweight | cwt          | hundredweight hundredweights | US
long_hundredweight  | cwt          | hundredweight hundredweights | imperial
short_ton         |                | ton tons                     | US
long_ton          |                | ton tons                     | imperial
short_ton         |                | short_ton short_tons
long_ton          |                | long_ton long_tons
carat             |                | carat carats
nanosecond        | ns             | nanosecond nanoseconds
microsecond       | µs μs          | microsecond microseconds
millisecond       | ms             | millisecond milliseconds
second            | s sec secs     | second seconds
minute            | min mins       | minute minutes
hour              | h hr hrs       | hour hours
day               |                | day days
week              | wk wks         | week weeks
fortnight         |                | fortnight fortnights
month             |                | month months
year              | yr yrs         | year years
century           |                | century centuries
millennium        |                | millennium millennia
milliliter        | ml mL          | millilitre millilitres milliliter milliliters
deciliter         | dL dl          | decilitre decilitres deciliter deciliters
centiliter        | cl cL          | centilitre centilitres centiliter centiliters
liter             | l L            | litre litres liter liters
fluid_ounce       | fl_oz          | fluid_ounce fluid_ounces | US
imperial_fluid_ounce | fl_oz       | fluid_ounce fluid_ounces | imperial
cup               |                | cup cups                 | US
imperial_cup      |                | cup cups                 | imperial
pint              |                | pint pints               | US
imperial_pint     |                | pint pints               | imperial
quart             | qt             | quart quarts             | US
imperial_quart    | qt             | quart quarts             | imperial
gallon            | gal            | gallon gallons           | US
imperial_gallon   | gal            | gallon gallons           | imperial
teaspoon          | tsp            | teaspoon teaspoons       | US
tablespoon        | tbsp           | tablespoon tablespoons   | US
hectare           | ha             | hectare hectares
acre              |                | acre acres
kilometer/hour    | kph kmh        | kilometre_per_hour kilometres_per_hour
mile/hour         | mph            | mile_per_hour miles_per_hour
mile/gallon       | mpg            | mile_per_gallon miles_per_gallon | US
mile/imperial_gallon | mpg         | mile_per_gallon miles_per_gallon | imperial
knot              | kn             | knot knots
meter/second**2   | m/s² m/s2      | metre_per_second_squared metres_per_second_squared
degC              | °C (C)         | degree_Celsius degrees_Celsius celsius degrees_centigrade centigrade degrees_c
degF              | °F (F)         | degree_Fahrenheit degrees_Fahrenheit fahrenheit degrees_f
kelvin            | K              | kelvin kelvins
degree            | °              | degree degrees  | | [angle]
radian            | rad            | radian radians  | | [angle]
millijoule        | mJ             | millijoule millijoules
joule             | J              | joule joules
kilojoule         | kJ             | kilojoule kilojoules
megajoule         | MJ             | megajoule megajoules
calorie           | cal            | calorie calories | | | a calorie of food is a kilocalorie
kilocalorie       | kcal           | kilocalorie kilocalories
watt_hour         | Wh             | watt-hour watt-hours
kilowatt_hour     | kWh            | kilowatt-hour kilowatt-hours
megawatt_hour     | MWh            | megawatt-hour megawatt-hours
gigawatt_hour     | GWh            | gigawatt-hour gigawatt-hours
milliwatt         | mW             | milliwatt milliwatts
watt              | W              | watt watts
kilowatt          | kW             | kilowatt kilowatts
megawatt          | MW             | megawatt megawatts
gigawatt          | GW             | gigawatt gigawatts
horsepower        | hp             | horsepower horsepower
volt              | V              | volt volts
kilovolt          | kV             | kilovolt kilovolts
ampere            |                | ampere amperes amp amps
newton            |                | newton newtons
kilonewton        | kN             | kilonewton kilonewtons
newton*meter      | Nm             | newton_metre newton_metres newton_meter newton_meters
hertz             | Hz             | hertz hertz
kilohertz         | kHz            | kilohertz kilohertz
megahertz         | MHz            | megahertz megahertz
gigahertz         | GHz            | gigahertz gigahertz
decibel           | dB             | decibel decibels | | [level]
pascal            | Pa             | pascal pascals
hectopascal       | hPa            | hectopascal hectopascals
kilopascal        | kPa            | kilopascal kilopascals
millibar          | mbar           | millibar millibars
bar               |                | bar bars
psi               |                | psi psi
bit               |                | bit bits           | | [information]
megabit           | Mbit Mb        | megabit megabits   | | [information]
gigabit           | Gbit Gb        | gigabit gigabits   | | [information]
megabit/second    | Mbps           | megabit_per_second megabits_per_second | | [information] / [time]
gigabit/second    | Gbps           | gigabit_per_second gigabits_per_second | | [information] / [time]
megabyte/second   | MBps           | megabyte_per_second megabytes_per_second | | [information] / [time]
gigabyte/second   | GBps           | gigabyte_per_second gigabytes_per_second | | [information] / [time]
byte              |                | byte bytes         | | [information]
kilobyte          | kB KB kb       | kilobyte kilobytes | | [information]
megabyte          | MB mb          | megabyte megabytes | | [information]
gigabyte          | GB gb          | gigabyte gigabytes | | [information]
terabyte          | TB tb          | terabyte terabytes | | [information]
kibibyte          | KiB            | kibibyte kibibytes | | [information]
mebibyte          | MiB            | mebibyte mebibytes | | [information]
gibibyte          | GiB            | gibibyte gibibytes | | [information]
percent           | %              | percent percent per_cent | | percent
dimensionless     |                |                    | | percent
permille          | ‰              | per_mille per_mille      | | percent
percentage_point  | pp             | percentage_point percentage_points percent_point percent_points %_point %_points \
| | percentage points
"""
_LENGTHS = "millimeter centimeter meter kilometer inch foot yard mile".split()
US, IMPERIAL = "US", "imperial"


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of the table.

    Attributes:
        name: as pint has it; what a quantity keeps.
        one, many: as it is said and written after 1, and after any other number.
        signs: short forms, in the case they are read in.
        initials: short forms that are as often something else: 'C' is a vitamin and a grade.
        spellings: lower-case words, spaces as underscores.
        system: `US` or `imperial` where other systems have a unit of the same words and another size; else empty.
        dimension: where pint's does not tell it apart (an angle, a level, a percentage); else empty.
        doubt: what else the words may mean; empty where nothing.
    """

    name: str
    one: str
    many: str
    signs: tuple[str, ...]
    spellings: tuple[str, ...]
    system: str = ""
    dimension: str = ""
    doubt: str = ""
    initials: tuple[str, ...] = ()


def _rows() -> list[Unit]:
    rows: list[Unit] = []
    for line in _TABLE.strip().splitlines():
        name, signs, words, *rest = (cell.strip() for cell in line.split("|"))
        system, dimension, doubt = (*rest, "", "", "")[:3]
        forms = words.split()
        one, many = (form.replace("_", " ") for form in (*forms, "", "")[:2])
        spellings = dict.fromkeys(form.lower().replace("-", "_") for form in forms)
        plain = tuple(sign for sign in signs.split() if sign[0] != "(")
        initials = tuple(sign.strip("()") for sign in signs.split() if sign[0] == "(")
        rows.append(Unit(name, one, many, plain, tuple(spellings), system, dimension, doubt, initials))
    return [*rows, *(power for row in rows if row.name in _LENGTHS for power in _powers(row))]


def _powers(length: Unit) -> list[Unit]:
    """The square and the cubic unit of a length."""
    signs = [sign for sign in length.signs if sign.isalpha()]
    return [
        Unit(
            f"{length.name}**{exponent}",
            f"{word} {length.one}",
            f"{word} {length.many}",
            tuple(f"{sign}{mark}" for sign in signs for mark in (raised, str(exponent))),
            tuple(f"{before}_{each}" for before in (word, short) for each in (*length.spellings, *signs)),
        )
        for word, short, exponent, raised in (("square", "sq", 2, "²"), ("cubic", "cu", 3, "³"))
    ]


UNITS: tuple[Unit, ...] = tuple(_rows())
"""Every row of the table, and the squares and cubes of lengths."""

_BY_NAME = {row.name: row for row in reversed(UNITS)}


@cache
def named(name: str) -> Unit:
    """The unit of pint's name, a rate ('gram/liter', 'kilocalorie/100*gram'), or each of something ('1/mile**2')."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    above, over, below = name.rpartition("/")
    if not over:
        count, _, each = name.partition("*")
        counted = f"{count} {named(each).many}"
        return Unit(name, counted, counted, (), (), named(each).system)
    under = named(below)
    if above == "1":
        return Unit(name, f"per {under.one}", f"per {under.one}", (), ())
    upper = named(above)
    one, many = (f"{each} per {under.one}" for each in (upper.one, upper.many))
    return Unit(name, one, many, (), (), upper.system or under.system)
