"""Searching records by the words in them."""
