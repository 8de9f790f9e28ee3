"""A promotion in plain English, for marketers without training. Pure: no database, no clock.

``promotion_sentences`` is the whole of it: ``offer.py`` says what is given for what (``goods.py``
the products that are meant), ``terms.py`` when, to whom and how often; ``words.py`` has the
numbers, amounts, moments and lists that both are made of.
"""

from promotions.wording.sentences import Sentence, Topic, in_one_sentence, promotion_sentences

__all__ = ["Sentence", "Topic", "in_one_sentence", "promotion_sentences"]
