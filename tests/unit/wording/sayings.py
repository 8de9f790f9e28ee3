"""What promotions are to say, and what one says on a topic."""

from zoneinfo import ZoneInfo

from promotions.whole import Whole
from promotions.wording import Topic, promotion_sentences
from tests.unit.wholes import BERLIN

Told = dict[str, tuple[Whole, str]]
"""Promotions by a name, each with its sentences: a line to a sentence, and a line that is indented
goes on with the one before."""


def about(topic: Topic, whole: Whole, *, zone: ZoneInfo = BERLIN) -> str:
    """The sentences on one topic, one after the other."""
    sentences = promotion_sentences(whole, zone=zone)
    return " ".join(one.text for one in sentences if one.topic is topic)
