"""Two small tables: a list of things, and figures by year."""

import pytest

from clearspan.overview.answering.tables.table import DocumentTable, tables_of

BRIDGES = """Bridges of the bay

| Bridge | Opened | Length (m) | County | Cost |
| Carquinez Bridge | 1927 | 1,022 | Solano | $8 million |
| Golden Gate Bridge | 1937 | 2,737 | Marin | $35 million |
| Bay Bridge | 1936 | 7,180 | Alameda | $77 million |
| Antioch Bridge | 1978 | 2,868 | Solano | $34.8 million |
| Dumbarton Bridge | 1982 | 2,620 | Alameda | — |
| Total | | 16,427 | | |
"""

FIGURES = """The following amounts are in thousands:

|  | Year ended December 31, |  |
| (in thousands) | 2019 | 2018 |
| Other receivables | 4,223 | 4,082 |
| Interest cost | (1,308) | (1,230) |
| Total | 2,915 | 2,852 |
"""


@pytest.fixture
def bridges() -> DocumentTable:
    return tables_of(BRIDGES, "d-bridges", "Bridges")[0]


@pytest.fixture
def figures() -> DocumentTable:
    return tables_of(FIGURES, "d-figures", "Annual report")[0]
