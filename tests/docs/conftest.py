"""The environment in which pages are followed: that of a stranger, with the wheel of this repository."""

from tests.packages.conftest import environment, wheel

__all__ = ["environment", "wheel"]
