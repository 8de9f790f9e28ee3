"""The objects over HTTP as existing clients know them: twelve calls on any model that is declared.

Knows the wire format and nothing about promotions. What there is, is said by declarations
(``declare.py``); all the calls read the same declared fields.
"""
