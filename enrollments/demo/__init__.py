"""A made-up organisation to try the service with: people, promotions, and a year of enrollments.

``names`` and ``campaigns`` hold the words, ``people``, ``plan`` and ``story`` decide what happened,
``loading`` makes it happen through the services. All of it is the same each time, but for the
clock: every date is relative to the moment of loading, so that the demo never grows old.
"""
