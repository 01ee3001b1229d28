"""The pages of the site that nobody writes: commands, routes, settings and the Python face, made from the code.

`mkdocs build` calls the functions below; what they add exists in the built site only.
"""

from pathlib import Path

from made import commands, extensions, python, routes, settings
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

CHANGES = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give every command its place under Reference, in the order in which `--help` lists them."""
    assert config.nav is not None
    reference = next(entry["Reference"] for entry in config.nav if "Reference" in entry)
    reference.append({"Command line": [commands.path(name) for name in commands.names()]})
    return config


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Keep the numbers of two citations side by side in the measurements from reading as a link."""
    del config, files
    return markdown.replace("][", "]\\[") if page.file.src_uri == "measurements.md" else markdown


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    pages: dict[str, str] = {"changelog.md": CHANGES.read_text("utf-8").replace("](docs/", "](")}
    for made in (commands, extensions, python, routes, settings):
        pages |= made.pages()
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    return files
