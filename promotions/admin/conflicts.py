"""Two people at one record: what is told to the one whose change came second."""

from itertools import islice
from typing import Final

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from promotions.actors import Actor
from promotions.admin.history_page import last_acts
from promotions.admin.moments import show_moment
from promotions.errors import Refused
from promotions.models import Promotion, Record, User

ONCE_MORE: Final = "It is shown as it is now; send once more if you still want to."
"""What there is to do on a page that shows the record anew."""
MOST_TOLD: Final = 5
"""So many of the changes in between are told, the last ones."""


def conflict_in_words(record: Record, known: int, *, tracked: bool, by: Actor) -> str:
    """Who changed ``record`` since ``by`` read its version ``known``, when, and what, as far as a
    history (``tracked``) has that."""
    missed = max(record.version - known, 1)
    acts = list(islice(last_acts(record, by), min(missed, MOST_TOLD))) if tracked else []
    if not acts:
        when = show_moment(record.last_modified_date)
        return f"{_who(record.last_modified_by, by)} changed this on {when}."
    told = [
        f"{_who(act.user, by)} changed this on {act.when}: "
        f"{'; '.join(one.text for one in act.told)}."
        for act in reversed(acts)
    ]
    return " ".join(told)


def conflict_message(words: str, url: str) -> SafeString:
    """The same for a form, with the way to the record as it is now at ``url``: beside the form,
    where what was typed can still be read."""
    return format_html(
        "{} You had it open before that, so nothing of yours was saved. "
        '<a class="underline" href="{}" target="_blank">Open it as it is now</a> (in a new tab), '
        "and repeat your change there.",
        words,
        url,
    )


def tell_conflict(form: forms.Form, promotion: Promotion, refused: Refused, by: Actor) -> bool:
    """Whether ``refused`` is that somebody else changed ``promotion`` since ``by`` read it. If so,
    ``form`` says who, when and what, knows the version that there is now, and ``promotion`` is as
    it is now: the page shows it so, and sending the form once more is enough."""
    if [error.code for error in refused.errors] != ["version_conflict"]:
        return False
    known = form.cleaned_data["version"] or 0
    promotion.refresh_from_db()
    words = conflict_in_words(promotion, known, tracked=True, by=by)
    form.add_error(None, f"{words} {ONCE_MORE}")
    form.data = form.data.copy()  # type: ignore[attr-defined]  # what was sent, a QueryDict
    form.data[form.add_prefix("version")] = str(promotion.version)  # type: ignore[index]  # a copy can be written
    return True


def _who(user: User | None, by: Actor) -> str:
    return "You" if user == by.user else str(user)
