"""The page stays light, and its parts are served as a browser wants them."""

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import Response, expect

from tests.studio.conftest import Visit

STUDIO = Path(__file__).resolve().parents[2] / "src" / "clearspan" / "studio"


def test_scripts_are_under_300_kilobytes_compressed() -> None:
    scripts = list(STUDIO.rglob("*.js"))
    assert len(scripts) > 20
    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) < 300_000


@pytest.mark.browser
def test_every_file_of_the_page_is_there(visit: Visit) -> None:
    responses: list[Response] = []
    visit.page.on("response", lambda response: responses.append(response))
    for room in ("ask", "library", "inside", "audit"):
        visit.open(room=room)
        expect(visit.page.locator(f".room-{room}")).to_be_visible()
    assert {response.status for response in responses} <= {200, 304}
    policies = {response.headers.get("content-security-policy", "") for response in responses}
    assert all(policy.startswith("default-src 'self'") and "unsafe" not in policy for policy in policies)
