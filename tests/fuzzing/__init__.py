"""Random queries and searches over HTTP: no 500, every answer in its documented form, none late."""
