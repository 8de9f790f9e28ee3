"""The SQL of the hand-written service. Its columns are those that the models have now."""

import django

django.setup()

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory  # noqa: E402
from tests.benchmarks.rows import CREATION, ENROLLMENT, insert  # noqa: E402

RESOLVE = """
SELECT c.id AS contact_id, c.last_name, c.email, coalesce(c.matches, 0) AS contacts,
       p.id AS promotion_id, p.promotion_code, p.is_active, p.is_enrollment_required,
       p.start_date_time, p.end_date_time, p.enrollment_start_date, p.enrollment_end_date,
       o.id AS offer_id, o.code AS offer_code, o.promotion_id AS offer_promotion_id,
       o.is_active AS offer_is_active, u.id AS usage_id
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[],
              $7::text[])
       WITH ORDINALITY AS w (contact_id, email, last_name, promotion_id, code, offer_id,
                             offer_code, n)
  LEFT JOIN LATERAL (
       SELECT id, last_name, email, count(*) OVER () AS matches
         FROM enrollments_contact
        WHERE (id = w.contact_id
               OR w.contact_id IS NULL AND email_key = w.email
               OR w.contact_id IS NULL AND w.email IS NULL AND last_name_key = w.last_name)
          AND (w.email IS NULL OR email_key = w.email)
          AND (w.last_name IS NULL OR last_name_key = w.last_name)
          AND NOT is_deleted
        LIMIT 1) c ON true
  LEFT JOIN LATERAL (
       SELECT * FROM promotions_promotion
        WHERE (id = w.promotion_id OR w.promotion_id IS NULL AND promotion_code_key = w.code)
          AND (w.code IS NULL OR promotion_code_key = w.code)
          AND NOT is_deleted
        LIMIT 1) p ON true
  LEFT JOIN LATERAL (
       SELECT * FROM enrollments_offer
        WHERE (id = w.offer_id OR w.offer_id IS NULL AND code_key = w.offer_code)
          AND (w.offer_code IS NULL OR code_key = w.offer_code)
          AND NOT is_deleted
        LIMIT 1) o ON true
  LEFT JOIN enrollments_promotionpartyusage u
         ON u.promotion_id = p.id AND u.contact_id = c.id
 ORDER BY w.n
"""

INSERT_ENROLLMENTS = (
    insert(
        PromotionPartyUsage,
        {
            **ENROLLMENT,
            "promotion_id": "w.promotion_id",
            "contact_id": "w.contact_id",
            "enrollment_offer_id": "w.offer_id",
            "enrollment_effective_date_time": "w.effective",
            "enrollment_expiration_date_time": "w.expiration",
            "created_by_id": "$6::bigint",
            "last_modified_by_id": "$6::bigint",
            "created_date": "$7::timestamptz",
            "last_modified_date": "$7::timestamptz",
        },
        "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[],"
        " $5::timestamptz[]) AS w (promotion_id, contact_id, offer_id, effective, expiration)",
    )
    + " ON CONFLICT DO NOTHING RETURNING id, promotion_id, contact_id"
)

INSERT_HISTORY = insert(
    PromotionPartyUsageHistory,
    {
        **CREATION,
        "usage_id": "w.id",
        "request_id": "$2::text",
        "created_by_id": "$3::bigint",
        "created_date": "$4::timestamptz",
    },
    "FROM unnest($1::bigint[]) AS w (id)",
)

CLAIM_KEY = """
INSERT INTO promotions_idempotentrequest
       (partner_id, path, key, body_hash, created_date, headers, body)
VALUES ($1, $2, $3, $4, $5, '{}', '') ON CONFLICT (partner_id, key, path) DO NOTHING
RETURNING id
"""
KEEP_ANSWER = "UPDATE promotions_idempotentrequest SET status = 201, body = $2 WHERE id = $1"
KEPT_ANSWER = """
SELECT body_hash, status, body FROM promotions_idempotentrequest
 WHERE partner_id = $1 AND path = $2 AND key = $3
"""
