"""What has to hold in the database whatever happened, and what no caller may ever have seen."""

from tests.benchmarks.soak.target import Target

_USAGE = "enrollments_promotionpartyusage"
_HISTORY = "enrollments_promotionpartyusagehistory"

_WITHOUT_ONE_CREATION = f"""
SELECT count(*) FROM (
  SELECT u.id FROM {_USAGE} u
    LEFT JOIN {_HISTORY} h ON h.usage_id = u.id AND h.field = 'created'
   GROUP BY u.id HAVING count(h.id) <> 1) wrong
"""
_TWICE = f"""
SELECT count(*) FROM (
  SELECT 1 FROM {_USAGE} WHERE contact_id IS NOT NULL
   GROUP BY promotion_id, contact_id HAVING count(*) > 1) wrong
"""
_PLACES = f"""
SELECT p.id, p.maximum_enrollment_count, e.taken,
       sum(CASE WHEN u.is_party_enrolled OR NOT p.is_place_freed_on_withdrawal THEN 1 ELSE 0 END)
  FROM promotions_promotion p
  JOIN enrollments_enrollmentplaces e ON e.promotion_id = p.id
  LEFT JOIN {_USAGE} u ON u.promotion_id = p.id
 GROUP BY p.id, p.maximum_enrollment_count, e.taken, p.is_place_freed_on_withdrawal
"""


def problems(target: Target) -> list[str]:
    """Everything that is not exact, in words; empty where all is well."""
    found = []
    if wrong := target.number(_WITHOUT_ONE_CREATION):
        found.append(f"{wrong} enrollments have not exactly one row that says they were made.")
    if wrong := target.number(_TWICE):
        found.append(f"{wrong} customers are in a promotion twice.")
    for promotion, most, taken, rows in target.rows(_PLACES):
        if taken != (rows or 0):
            found.append(f"Promotion {promotion} counts {taken} places and has {rows}.")
        if most is not None and taken > most:
            found.append(f"Promotion {promotion} has {most} places and gave {taken}.")
    if failed := {status: n for status, n in target.seen.items() if status >= 500}:
        found.append(f"Callers saw {failed}: {target.failures[:1]}")
    return found
