"""The query language and the search language: from text to a syntax tree. Pure."""
