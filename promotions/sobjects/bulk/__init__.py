"""Bulk jobs: many records written from a table, or found by a query, in the background.

Source: the client contract, section 2, "Bulk 2.0", and section 0, points 2, 7 and 9.
"""
