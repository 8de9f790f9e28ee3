"""Queries: from a syntax tree to rows, by the ORM over declared fields only."""
