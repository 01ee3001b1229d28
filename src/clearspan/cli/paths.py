"""Paths that commands take."""

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE_THERE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER_THERE = click.Path(path_type=Path, exists=True, file_okay=False)
