"""How many are enrolled in the promotions of a page: counted anew, but for those of so many
enrollments that nobody would wait for it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from enrollments.figures import UPTAKE, uptake_of
from promotions.figures import EVERYTHING, Figure
from promotions.services.figures import ask_for, kept_figure, quickly
from promotions.uptake import CountedUptake, Uptake

FEW: Final = 100
"""So many enrollments of each promotion of a page are counted while somebody waits."""


class EnrollmentUptake:
    """See ``promotions/uptake.py``."""

    def uptakes(self, promotions: Collection[int], at: datetime) -> Mapping[int, CountedUptake]:
        figure = kept_figure(UPTAKE.name, EVERYTHING, at=at)
        kept = by_promotion(figure)
        many = {key for key in promotions if figure and _rows(figure, key) > FEW}
        few = [key for key in promotions if key not in many]
        counted = quickly(lambda: uptake_of(few)) if few else {}
        if counted is None:
            ask_for([(UPTAKE.name, EVERYTHING)], at=at)
            return {key: kept[key] for key in promotions if key in kept}
        return {key: kept[key] for key in many} | {
            key: CountedUptake(uptake) for key, uptake in counted.items()
        }


def by_promotion(figure: Figure | None) -> dict[int, CountedUptake]:
    """The figure ``UPTAKE`` by promotion; nothing where there is none yet."""
    if figure is None or figure.value is None:
        return {}
    return {
        int(key): CountedUptake(Uptake(enrolled, used), figure.counted)
        for key, (enrolled, used, _) in figure.value.items()
    }


def _rows(figure: Figure, promotion: int) -> int:
    """How many enrollments there are to be counted."""
    counts = figure.value.get(str(promotion))
    return counts[-1] if counts else 0
