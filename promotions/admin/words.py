"""Plain English on the admin's pages."""

from typing import Final

from django.utils.html import format_html

HIDDEN: Final = "(hidden)"
"""Stands for what one may not read."""


def emphasised(text: str) -> str:
    """A sentence of plain English, with the names that stand in asterisks set off."""
    parts = [("<em>{}</em>" if one % 2 else "{}", part) for one, part in enumerate(text.split("*"))]
    if len(parts) % 2 == 0:  # a name with an asterisk in it
        return text
    return format_html("".join(form for form, _ in parts), *(part for _, part in parts))
