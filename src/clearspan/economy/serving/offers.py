"""What others ask for a token: a price list with its date, and what requests cost by it."""

from dataclasses import dataclass
from pathlib import Path

from clearspan.economy.scaling.laws.runs import number, read_columns
from clearspan.economy.serving.requests import Requests
from clearspan.measure.estimate import positive


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """An API and its prices.

    Attributes:
        name: as it is called in plans.
        input: US dollars a million tokens read.
        output: US dollars a million tokens written.
        source: of the prices, with its date.
    """

    name: str
    input: float
    output: float
    source: str

    def __post_init__(self) -> None:
        positive(f"The input price of {self.name}", self.input)
        positive(f"The output price of {self.name}", self.output)

    def dollars(self, requests: Requests) -> float:
        """US dollars of one request."""
        return (self.input * requests.input.mean + self.output * requests.output.mean) / 1e6


def read_offers(path: Path) -> list[ListedPrice]:
    """Offers of a price list: a CSV file with the columns name, input and output, in USD a million tokens.

    Raises:
        NotFound: there is no such file.
        BadInput: a column is missing, or a price is not a positive number.
    """
    table = read_columns(path, ("name", "input", "output"))
    return [
        ListedPrice(
            name,
            number(path, "input", row, table["input"][row]),
            number(path, "output", row, table["output"][row]),
            f"{path.name}, given by you",
        )
        for row, name in enumerate(table["name"])
    ]
