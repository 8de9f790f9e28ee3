"""Several calls in one request, and records with what is under them.

Source: the client contract, section 2, "composite" and "batch / tree".
"""

from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.services.transactions import in_transaction
from promotions.sobjects import composite, record_trees
from promotions.sobjects.composite import Answer, Call, References
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.views.base import DataView, ObjectView
from promotions.sobjects.views.inner import Budget, answer_to

_ROLLED_BACK = (
    "The transaction was rolled back since another operation in the same transaction failed."
)


class CompositeView(DataView):
    """``composite``: later calls may name what earlier ones answered."""

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        calls, all_or_none = composite.read_composite(json_body(request))
        return Response({"compositeResponse": _composite(request, calls, all_or_none, Budget())[0]})


class GraphView(DataView):
    """``composite/graph``: several of these, each done as a whole or not at all."""

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        graphs, budget = [], Budget()
        for name, calls in composite.read_graphs(json_body(request)):
            shown, successful = _composite(request, calls, True, budget)
            response = {"compositeResponse": shown}
            graphs.append({"graphId": name, "graphResponse": response, "isSuccessful": successful})
        return Response({"graphs": graphs})


class BatchView(DataView):
    """``composite/batch``: calls that know nothing of each other."""

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        calls, halts = composite.read_batch(json_body(request))
        answers: list[Answer] = []
        budget, stopped = Budget(), False
        for call in calls:
            answers.append(_STOPPED if stopped else answer_to(request, call, budget))
            stopped = stopped or (halts and answers[-1].failed)
        results = [{"statusCode": one.status, "result": one.body} for one in answers]
        return Response({"hasErrors": any(one.failed for one in answers), "results": results})


_STOPPED = composite.refusal(
    CallFailed(
        Problem("BATCH_PROCESSING_HALTED", "Batch processing halted per request"), status=412
    )
)


class TreeView(ObjectView):
    """``composite/tree/<name>``: records with what is under them, all or nothing."""

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        """Create."""
        nodes = record_trees.read_trees(self.sobject, json_body(request), by=self.actor)
        made, results = record_trees.create_trees(nodes, by=self.actor, at=self.at)
        return Response({"hasErrors": not made, "results": results}, status=201 if made else 400)


def _composite(
    outer: Request, calls: Sequence[Call], all_or_none: bool, budget: Budget
) -> tuple[list[dict[str, Any]], bool]:
    """What each call is answered with, as the answer lists it, and whether none failed."""
    try:
        if all_or_none:
            answers = in_transaction(lambda: _made(outer, calls, budget, all_or_none=True))
        else:
            answers = _made(outer, calls, budget, all_or_none=False)
    except _RolledBack as failure:
        undone = composite.halted(_ROLLED_BACK)
        answers = [undone] * len(calls)
        answers[failure.number] = failure.answer
    shown = [
        {
            "body": answer.body,
            "httpHeaders": dict(answer.headers),
            "httpStatusCode": answer.status,
            "referenceId": call.reference,
        }
        for call, answer in zip(calls, answers, strict=True)
    ]
    return shown, not any(answer.failed for answer in answers)


class _RolledBack(Exception):
    """Takes back what the calls wrote, since one of them failed."""

    def __init__(self, number: int, answer: Answer) -> None:
        super().__init__()
        self.number = number
        self.answer = answer


def _made(
    outer: Request, calls: Sequence[Call], budget: Budget, *, all_or_none: bool
) -> list[Answer]:
    """Makes the calls in order. Raises ``_RolledBack`` once one fails, where all are meant."""
    references = References()
    answers: list[Answer] = []
    for number, call in enumerate(calls):
        try:
            url, body = references.in_url(call.url), references.in_body(call.body)
        except CallFailed as problem:
            answer = composite.refusal(problem)
        else:
            made = Call(call.method, url, body, headers=call.headers)
            answer = answer_to(outer, made, budget)
        if all_or_none and answer.failed:
            raise _RolledBack(number, answer)
        references.add(call, answer)
        answers.append(answer)
    return answers
