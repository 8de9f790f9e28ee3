"""How fast the service is, against yardsticks measured in the same run: ``make bench``.

``docs/performance.md`` says what is measured and how to read the table.
"""
