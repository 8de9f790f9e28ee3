"""Answers kept for requests that carry an idempotency key."""

from django.db import models

from promotions.models.partners import Partner


class IdempotentRequest(models.Model):
    """The answer that a partner got for a key on a path, given again when the key comes again.

    Inserted before the request is worked on and in the same transaction, so that the unique
    constraint makes a second copy wait for the first one's answer. An act that is one statement
    inserts it by that, with its ``outcome``, of which the same answer is made again; no ``status``
    and ``body`` are kept then.
    """

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+", db_index=False)
    path = models.TextField()
    key = models.CharField(max_length=255)
    body_hash = models.BinaryField()
    created_date = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    outcome = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="idempotent_request_once", fields=["partner", "key", "path"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
