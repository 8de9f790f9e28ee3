"""What a fast engineer would write by hand in an afternoon: FastAPI, asyncpg, uvicorn.

One endpoint that takes 1 to 200 items, makes the checks that the service makes of customers named
as contacts, and writes the same rows: the enrollment and its history, in one transaction. Tokens
come from the database through a small cache; there is a throttle. For an idempotency key it keeps
the answer, if that is no error. It has no re-enrollment, no limits of places, and answers the first
error rather than all.
"""

import hashlib
import os
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
import orjson
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from promotions import ids
from tests.benchmarks.yardsticks.statements import (
    CLAIM_KEY,
    INSERT_ENROLLMENTS,
    INSERT_HISTORY,
    KEEP_ANSWER,
    KEPT_ANSWER,
    RESOLVE,
)

TOKEN_SECONDS = 5.0
REQUESTS_PER_MINUTE = 1_000_000
TOKEN = """
SELECT t.scope, t.expires, p.id AS partner_id, p.user_id, u.is_active
  FROM oauth2_provider_accesstoken t
  JOIN promotions_partner p ON p.id = t.application_id
  JOIN promotions_user u ON u.id = p.user_id
 WHERE t.token_checksum = $1
"""

# --- The request ----------------------------------------------------------------------------------


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ContactRef(Strict):
    id: str | None = None
    lastName: str | None = None  # noqa: N815  # the wire's names
    email: str | None = None


class CodeRef(Strict):
    id: str | None = None
    code: str | None = None


class Item(Strict):
    contact: ContactRef
    promotion: CodeRef
    enrollmentOffer: CodeRef | None = None  # noqa: N815
    enrollmentEffectiveDateTime: Annotated[AwareDatetime | None, Field(strict=False)] = None  # noqa: N815
    enrollmentExpirationDateTime: Annotated[AwareDatetime | None, Field(strict=False)] = None  # noqa: N815


class Enrollments(Strict):
    inputParameters: Annotated[list[Item], Field(min_length=1, max_length=200)]  # noqa: N815


# --- The caller -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Caller:
    partner_id: int
    user_id: int
    scopes: frozenset[str]
    expires: datetime
    read_at: float
    minute: int = 0
    requests: int = 0


@dataclass
class State:
    pool: asyncpg.Pool
    callers: dict[str, Caller] = field(default_factory=dict)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=4, max_size=10, server_settings={"jit": "off"}
    ) as pool:
        app.state.all = State(pool)
        yield


app = FastAPI(lifespan=lifespan)


async def caller_of(request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HTTPException(401, "Send an access token.")
    caller = await find_caller(request.app.state.all, token)
    if caller is None or caller.expires <= datetime.now(UTC):
        raise HTTPException(401, "This access token is not valid.")
    if "enrollments:write" not in caller.scopes:
        raise HTTPException(403, "This call needs a token with the scope enrollments:write.")
    minute = int(time.time() // 60)
    if caller.minute != minute:
        caller.minute, caller.requests = minute, 0
    caller.requests += 1
    if caller.requests > REQUESTS_PER_MINUTE:
        raise HTTPException(429, "Too many requests.")
    return caller


async def find_caller(state: State, token: str) -> Caller | None:
    now = time.monotonic()
    known = state.callers.get(token)
    if known is not None and known.read_at > now - TOKEN_SECONDS:
        return known
    row = await state.pool.fetchrow(TOKEN, hashlib.sha256(token.encode()).hexdigest())
    if row is None or not row["is_active"]:
        state.callers.pop(token, None)
        return None
    caller = Caller(
        row["partner_id"], row["user_id"], frozenset(row["scope"].split()), row["expires"], now
    )
    state.callers[token] = caller
    return caller


# --- Enrolling ------------------------------------------------------------------------------------


@app.post("/services/data/{version}/global-promotions-management/promotion-enrollments")
async def enroll(
    version: str,
    body: Enrollments,
    request: Request,
    caller: Annotated[Caller, Depends(caller_of)],
) -> Response:
    items, at = body.inputParameters, datetime.now(UTC)
    request_id = request.headers.get("x-request-id") or uuid.uuid4().hex
    key = request.headers.get("idempotency-key")
    pool = request.app.state.all.pool
    async with pool.acquire() as connection, connection.transaction():
        if key is not None:
            body_hash = hashlib.sha256(await request.body()).digest()
            claim = [caller.partner_id, request.url.path, key]
            claimed = await connection.fetchval(CLAIM_KEY, *claim, body_hash, at)
            if claimed is None:
                return await kept(connection, claim, body_hash)
        found = await connection.fetch(RESOLVE, *wanted(items))
        effective = [item.enrollmentEffectiveDateTime or at for item in items]
        check(items, found, effective, at)
        order = sorted(
            range(len(items)), key=lambda n: (found[n]["promotion_id"], found[n]["contact_id"])
        )
        made = await connection.fetch(
            INSERT_ENROLLMENTS,
            [found[n]["promotion_id"] for n in order],
            [found[n]["contact_id"] for n in order],
            [found[n]["offer_id"] for n in order],
            [effective[n] for n in order],
            [items[n].enrollmentExpirationDateTime for n in order],
            caller.user_id,
            at,
        )
        if len(made) < len(items):
            raise HTTPException(409, "A customer is enrolled already.")
        await connection.execute(
            INSERT_HISTORY, [row["id"] for row in made], request_id, caller.user_id, at
        )
        usages = {(row["promotion_id"], row["contact_id"]): row["id"] for row in made}
        results = [
            result(
                item,
                row,
                usages[row["promotion_id"], row["contact_id"]],
                begins,
            )
            for item, row, begins in zip(items, found, effective, strict=True)
        ]
        answer = orjson.dumps({"results": results})
        if key is not None:
            await connection.execute(KEEP_ANSWER, claimed, answer)
    return Response(
        answer,
        status_code=201,
        media_type="application/json",
        headers={"X-Request-Id": request_id},
    )


async def kept(connection: Any, claim: list[Any], body_hash: bytes) -> Response:
    row = await connection.fetchrow(KEPT_ANSWER, *claim)
    if row["body_hash"] != body_hash:
        raise HTTPException(422, "This idempotency key was used for another body.")
    return Response(row["body"], status_code=row["status"], media_type="application/json")


def key_of(prefix: str, text: str | None) -> int | None:
    try:
        return None if text is None else ids.decode(prefix, text)
    except ids.MalformedId as error:
        raise HTTPException(400, str(error)) from error


def folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def wanted(items: list[Item]) -> tuple[list[Any], ...]:
    offers = [item.enrollmentOffer or CodeRef() for item in items]
    return (
        [key_of(ids.CONTACT, item.contact.id) for item in items],
        [folded(item.contact.email) for item in items],
        [folded(item.contact.lastName) for item in items],
        [key_of(ids.PROMOTION, item.promotion.id) for item in items],
        [folded(item.promotion.code) for item in items],
        [key_of(ids.OFFER, offer.id) for offer in offers],
        [folded(offer.code) for offer in offers],
    )


def check(
    items: list[Item], found: list[asyncpg.Record], effective: list[datetime], at: datetime
) -> None:
    for number, (item, row, begins) in enumerate(zip(items, found, effective, strict=True)):
        if problem := problem_of(item, row, begins, at):
            status, detail = problem
            raise HTTPException(status, f"inputParameters[{number}]: {detail}")


def problem_of(
    item: Item, row: asyncpg.Record, begins: datetime, at: datetime
) -> tuple[int, str] | None:
    if not row["contacts"]:
        return 404, "No such customer."
    if row["contacts"] > 1:
        return 400, f"{row['contacts']} customers match."
    if row["promotion_id"] is None:
        return 404, "No such promotion."
    if not row["is_active"] or not row["is_enrollment_required"]:
        return 400, "The promotion is not open to enrollment."
    starts, ends = row["start_date_time"], row["end_date_time"]
    if ends is not None and ends <= at:
        return 400, "The promotion is over."
    opens, closes = row["enrollment_start_date"], row["enrollment_end_date"]
    if (opens is not None and at.date() < opens) or (closes is not None and at.date() > closes):
        return 400, "The promotion's enrollment window is not open."
    expires = item.enrollmentExpirationDateTime
    if expires is not None and (expires <= begins or expires <= at):
        return 400, "The period is reversed or over."
    if (ends is not None and begins >= ends) or (
        expires is not None and starts is not None and expires <= starts
    ):
        return 400, "The period lies outside of the promotion's."
    if item.enrollmentOffer is not None:
        if row["offer_id"] is None:
            return 404, "No such offer."
        if row["offer_promotion_id"] not in (None, row["promotion_id"]):
            return 400, "The offer is for another promotion."
        if not row["offer_is_active"]:
            return 400, "The offer is not active."
    if row["usage_id"] is not None:
        return 409, "The customer is enrolled already."
    return None


def result(item: Item, row: asyncpg.Record, usage: int, begins: datetime) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "contact": {
            "id": ids.encode(ids.CONTACT, row["contact_id"]),
            "lastName": row["last_name"],
            "email": row["email"],
        },
        "promotion": {
            "id": ids.encode(ids.PROMOTION, row["promotion_id"]),
            "code": row["promotion_code"],
        },
    }
    if item.enrollmentOffer is not None:
        shown["enrollmentOffer"] = {
            "id": ids.encode(ids.OFFER, row["offer_id"]),
            "code": row["offer_code"],
        }
    shown["promotionPartyUsageId"] = ids.encode(ids.PROMOTION_PARTY_USAGE, usage)
    shown["enrollmentEffectiveDateTime"] = begins.isoformat().replace("+00:00", "Z")
    if item.enrollmentExpirationDateTime is not None:
        shown["enrollmentExpirationDateTime"] = item.enrollmentExpirationDateTime.isoformat()
    return shown
