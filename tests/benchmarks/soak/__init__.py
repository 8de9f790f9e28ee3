"""Is it exact under fire? ``python -m tests.benchmarks.soak`` does what hurts, for as long as one
likes, and then counts in the database. The test suite does the same in small."""
