"""Something to find: records of every object."""

from tests.sobjects.specimens import SPECIMENS, Maker


def make_specimens(rounds: int) -> None:
    """So many records of each kind that there is of each object, with what they refer to. For a
    service with its fields of commerce."""
    make = Maker.new()
    for _ in range(rounds):
        for name, specimens in SPECIMENS.items():
            for specimen in specimens:
                make.make(name, **specimen(make).body)
