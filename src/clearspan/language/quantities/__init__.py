"""Quantities as they stand in a text: one grammar of numbers, units, money, percentages, dates and clock times.

`reading` finds where one may begin and asks the others: `numerals` and `number_words`, `unit_table` and `units`,
`currencies`, `dates`, `clocks`, `durations`; `measures` puts a number and its unit together, `joining` makes ranges and
compounds of neighbours. `conversion` changes units. What may be read in two ways is read in one, and `Quantity.doubt`
says so.
"""

from clearspan.language.quantities.quantity import Quantity
from clearspan.language.quantities.reading import quantities

__all__ = ["Quantity", "quantities"]
