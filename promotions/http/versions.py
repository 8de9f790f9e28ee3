"""Versions of the surface: many names of one behaviour. Pure.

Source: the client contract: existing clients ask for versions from 20.0 to 67.0, and what answers
echoes the one that was asked for.
"""

from typing import Final

OLDEST: Final = 20
NEWEST: Final = 68

VERSION: Final = r"(?P<version>v(?:[2-5][0-9]|6[0-8])\.0)"
"""The version in a path, such as ``v59.0``: a part of a regular expression."""
