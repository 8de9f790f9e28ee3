"""Several calls in one, and records with what is under them."""

from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from enrollments.models import Account, Contact
from promotions.http.throttling import PartnerThrottle, window
from promotions.models import Promotion, PromotionTier
from promotions.services.partners import known_scopes
from promotions.sobjects import composite, records
from promotions.sobjects.views import inner
from tests.factories import make_account, make_contact, make_promotion
from tests.sobjects.conftest import DATA, ObjectApi, problem

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

Part = dict[str, Any]


def part(method: str, path: str, body: Any = None, ref: str = "", **more: Any) -> Part:
    url = path if path.startswith("/") else f"{DATA}/{path}"
    return {"method": method, "url": url, "body": body, "referenceId": ref or "one", **more}


def several(objects: ObjectApi, *parts: Part, all_or_none: Any = None) -> list[dict[str, Any]]:
    body: dict[str, Any] = {"compositeRequest": list(parts)}
    if all_or_none is not None:
        body["allOrNone"] = all_or_none
    answer = objects.post("composite", body)
    assert answer.status_code == 200, answer.content
    shown: list[dict[str, Any]] = answer.json()["compositeResponse"]
    assert [one["referenceId"] for one in shown] == [one["referenceId"] for one in parts]
    return shown


def told(shown: list[dict[str, Any]]) -> list[Any]:
    """For each call its status, or the code of its error."""
    return [
        one["httpStatusCode"] if one["httpStatusCode"] < 400 else one["body"][0]["errorCode"]
        for one in shown
    ]


def names() -> list[str]:
    return sorted(Account.objects.filter(is_deleted=False).values_list("name", flat=True))


NEW = part("POST", "sobjects/Account", {"Name": "Oak"}, "oak")


# --- composite ----------------------------------------------------------------------------------


def test_each_call_is_answered_as_by_itself(objects: ObjectApi) -> None:
    ash = make_account(name="Ash", external_id="A-1").record_id
    shown = several(
        objects,
        NEW,
        part("get", f"sobjects/Account/{ash}?fields=Name", ref="read"),
        part("PATCH", f"/services/data/v45.0/sobjects/Account/{ash}/", {"Name": "Ash 2"}, "change"),
        part("PATCH", "sobjects/Account/ExternalId/A-1", {"Name": "Ash 3"}, "upsert"),
        part("POST", "composite/sobjects", {"records": []}, "many"),
        part("DELETE", f"sobjects/Account/{ash}", ref="delete"),
        part("GET", f"sobjects/Account/{ash}", ref="gone"),
    )
    oak = Account.objects.get(name="Oak").record_id
    url = f"{DATA}/sobjects/Account/{oak}"
    assert shown[0] == {
        "body": {"id": oak, "success": True, "errors": []},
        "httpHeaders": {"Location": url},
        "httpStatusCode": 201,
        "referenceId": "oak",
    }
    assert shown[1]["body"]["Name"] == "Ash"
    assert shown[2]["body"] is None
    assert told(shown) == [201, 200, 204, 200, 200, 204, "ENTITY_IS_DELETED"]
    assert shown[6]["httpStatusCode"] == 404


def test_later_calls_name_what_earlier_ones_answered(objects: ObjectApi) -> None:
    found = part("GET", "composite/sobjects/Account?ids=@{oak.id},@{oak.ID}&fields=Name", ref="all")
    child = {"LastName": "of @{oak.id}/@{all[1].Name}", "AccountId": "@{all[0].Id}"}
    shown = several(
        objects,
        NEW,
        found,
        part("POST", "sobjects/Contact", child, "child"),
        part("GET", "sobjects/Contact/@{child.id}?fields=LastName", ref="seen"),
        part("PATCH", "sobjects/Account/@{oak.id}", {"Name": "@{seen.LastName}"}, "last"),
    )
    assert told(shown) == [201, 200, 201, 200, 204]
    oak = Account.objects.get()
    assert Contact.objects.get().account == oak
    assert oak.name == f"of {oak.record_id}/Oak"


@pytest.mark.parametrize("all_or_none", [False, True])
def test_what_a_query_finds_is_named(objects: ObjectApi, all_or_none: bool) -> None:
    found = part("GET", "query/?q=SELECT Id, Name FROM Account WHERE Name = 'Oak'", ref="found")
    change = part("PATCH", "sobjects/Account/@{found.records[0].Id}", {"Name": "Ash"}, "change")
    assert told(several(objects, NEW, found, change, all_or_none=all_or_none)) == [201, 200, 204]
    assert names() == ["Ash"]


@pytest.mark.parametrize(
    "reference",
    ["@{nobody.id}", "@{oak.colour}", "@{oak.errors}", "@{oak.id.x}", "@{oak[0].id}", "@{last.id}"],
)
def test_references_that_lead_nowhere(objects: ObjectApi, reference: str) -> None:
    last = part("POST", "sobjects/Account", {"Name": "x", "Phone": reference}, "last")
    shown = several(objects, NEW, last, part("GET", f"sobjects/Account/{reference}", ref="read"))
    assert told(shown) == [201, "PROCESSING_HALTED", "PROCESSING_HALTED"]
    assert reference[2:-1] in shown[1]["body"][0]["message"]
    assert names() == ["Oak"]


def test_what_is_named_in_an_address_stays_one_part_of_it(objects: ObjectApi) -> None:
    make_account(name="Other", external_id="x")
    made = part("POST", "sobjects/Account", {"Name": "Oak", "ExternalId": "a/b?c&d #1 é"}, "oak")
    seen = part("GET", "sobjects/Account/@{oak.id}?fields=ExternalId", ref="seen")
    again = part("GET", "sobjects/Account/ExternalId/@{seen.ExternalId}?fields=Name", ref="again")
    shown = several(objects, made, seen, again)
    assert shown[2]["body"]["Name"] == "Oak"


def test_a_value_that_is_all_of_a_text_keeps_its_type(objects: ObjectApi) -> None:
    record_id = make_promotion(name="Summer", priority_number=5, is_active=True).record_id
    fields = "PriorityNumber,IsActive"
    seen = part("GET", f"sobjects/Promotion/{record_id}?fields={fields}", ref="seen")
    body = {
        "Name": "No. @{seen.PriorityNumber} @{seen.IsActive}",
        "PriorityNumber": "@{seen.PriorityNumber}",
        "IsActive": "@{seen.IsActive}",
    }
    assert told(several(objects, seen, part("POST", "sobjects/Promotion", body))) == [200, 201]
    made = Promotion.objects.get(name="No. 5 true")
    assert (made.priority_number, made.is_active) == (5, True)


@pytest.mark.parametrize(("all_or_none", "made"), [(True, []), ("true", []), (False, ["Oak"])])
def test_all_or_none(objects: ObjectApi, all_or_none: Any, made: list[str]) -> None:
    fails = part("POST", "sobjects/Account", {}, "bad")
    last = part("GET", "sobjects/Account/@{oak.id}", ref="last")
    shown = several(objects, NEW, fails, last, all_or_none=all_or_none)
    halted = "PROCESSING_HALTED"
    assert told(shown) == (
        [201, "REQUIRED_FIELD_MISSING", 200] if made else [halted, "REQUIRED_FIELD_MISSING", halted]
    )
    if not made:
        assert shown[0]["httpStatusCode"] == 400
        assert shown[0]["httpHeaders"] == {}
    assert names() == made


@pytest.mark.parametrize(
    ("inner", "kept"),
    [("true", []), ("false", ["Ash", "Oak"])],
    ids=["all or none inside", "each for itself inside"],
)
def test_many_records_inside_all_or_none(objects: ObjectApi, inner: str, kept: list[str]) -> None:
    listed = [{"attributes": {"type": "Account"}, "Name": name} for name in ("Ash", None)]
    body = {"allOrNone": inner, "records": listed}
    many = part("POST", "composite/sobjects", body, "many")
    shown = several(objects, NEW, many, all_or_none=True)
    assert [one["success"] for one in shown[1]["body"]] == [bool(kept), False]
    assert names() == kept


def test_one_of_several_that_fit_is_a_failure(objects: ObjectApi) -> None:
    for _ in range(2):
        make_promotion(name="Twin")
    unclear = part("PATCH", "sobjects/Promotion/Name/Twin", {"Description": "x"}, "unclear")
    shown = several(objects, NEW, unclear, all_or_none=True)
    assert [one["httpStatusCode"] for one in shown] == [400, 300]
    assert names() == []


def test_a_deadlock_begins_the_whole_anew(
    objects: ObjectApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, fails = records.create, iter([False, True])

    def create_or_collide(*args: Any, **options: Any) -> str:
        if next(fails, False):
            raise OperationalError from DeadlockDetected()
        return create(*args, **options)

    monkeypatch.setattr(records, "create", create_or_collide)
    ash = part("POST", "sobjects/Account", {"Name": "Ash"}, "ash")
    assert told(several(objects, NEW, ash, all_or_none=True)) == [201, 201]
    assert names() == ["Ash", "Oak"]


def test_the_same_request_again_gets_the_same_answer(objects: ObjectApi) -> None:
    """Also where it is one transaction then in which some calls fail."""
    unknown = {"inputParameters": [{"contact": {"id": "x"}, "promotion": {"id": "x"}}]}
    enroll = "global-promotions-management/promotion-enrollments"
    bad = part("POST", enroll, unknown, "bad")
    worse = part("POST", "sobjects/Account", {}, "worse")
    last = part("POST", "sobjects/Account", {"Name": "Ash"}, "last")
    body = {"compositeRequest": [NEW, bad, worse, last]}
    first, second = (objects.post("composite", body, Idempotency_Key="k") for _ in range(2))
    shown = first.json()["compositeResponse"]
    assert [one["httpStatusCode"] for one in shown] == [201, 400, 400, 201]
    assert second.json() == first.json()
    assert names() == ["Ash", "Oak"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("/admin/", "INVALID_INPUT"),
        ("/id/x/y", "INVALID_INPUT"),
        ("/services/oauth2/token", "INVALID_INPUT"),
        ("/services/oauth2/userinfo", "INVALID_INPUT"),
        ("/services/data", "INVALID_INPUT"),
        ("/api/v1/promotions", "INVALID_INPUT"),
        ("http://testserver/services/data/v59.0/limits", "INVALID_INPUT"),
        ("//testserver/services/data/v59.0/limits", "INVALID_INPUT"),
        ("/services/data/v59.0/../../admin/", "NOT_FOUND"),
        ("/services/data/v59.0/%2e%2e/%2e%2e/oauth2/token", "NOT_FOUND"),
        ("/services/data/v59.0/nothing", "NOT_FOUND"),
        ("/services/data/v99.0/limits", "NOT_FOUND"),
        ("/services/data/v59.0/sobjects/Colour/x", "NOT_FOUND"),
        ("/services/data/v59.0/composite", "INVALID_INPUT"),
        ("/services/data/v59.0/composite/", "INVALID_INPUT"),
        ("/services/data/v59.0/comp%6Fsite/batch", "INVALID_INPUT"),
        ("/services/data/v59.0/composite/graph", "INVALID_INPUT"),
        ("/services/data/v59.0/jobs/query", "INVALID_INPUT"),
        ("v59.0/composite", "INVALID_INPUT"),
        ("\x00\ud7ff\n", "INVALID_INPUT"),
        ("/services/data/v59.0/%00%ff", "NOT_FOUND"),
    ],
)
def test_what_cannot_be_reached(objects: ObjectApi, url: str, code: str) -> None:
    call = {"url": url, "body": {"compositeRequest": []}}
    calls = [{"method": one, "referenceId": one, **call} for one in ("GET", "POST")]
    shown = several(objects, *calls)
    assert told(shown) == [code, code]
    assert {one["httpStatusCode"] for one in shown} == {404 if code == "NOT_FOUND" else 400}


@pytest.mark.parametrize("url", ["v59.0/limits", "/v59.0/limits/", "services/data/v59.0/limits"])
def test_addresses_in_short(objects: ObjectApi, url: str) -> None:
    assert told(several(objects, {"method": "GET", "url": url, "referenceId": "one"})) == [200]


def test_inside_one_may_what_the_token_allows(db: None) -> None:
    objects = ObjectApi([s for s in known_scopes() if not s.startswith("customers")])
    shown = several(objects, NEW, part("POST", "sobjects/Promotion", {"Name": "Summer"}))
    assert told(shown) == ["INSUFFICIENT_ACCESS_OR_READONLY", 201]
    assert shown[0]["httpStatusCode"] == 403
    assert Promotion.objects.get().created_by == objects.partner.acting_user
    objects.headers = {}
    assert problem(objects.post("composite", {})) == (401, "INVALID_SESSION_ID", [])


def test_the_whole_is_counted_once(objects: ObjectApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PartnerThrottle, "THROTTLE_RATES", {"partner": "2/minute"})
    window.cache_clear()
    reads = [part("GET", "limits", ref=f"r{number}") for number in range(5)]
    assert told(several(objects, *reads)) == [200] * 5
    assert told(several(objects, *reads)) == [200] * 5
    assert problem(objects.post("composite", {"compositeRequest": reads}))[0] == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], "JSON_PARSER_ERROR"),
        ({}, "JSON_PARSER_ERROR"),
        ({"compositeRequest": [1]}, "JSON_PARSER_ERROR"),
        ({"compositeRequest": []}, "INVALID_INPUT"),
        ({"compositeRequest": [NEW], "allOrNone": "x"}, "JSON_PARSER_ERROR"),
        ({"compositeRequest": [NEW, NEW]}, "INVALID_INPUT"),
        ({"compositeRequest": [{**NEW, "referenceId": None}]}, "INVALID_INPUT"),
        ({"compositeRequest": [{**NEW, "referenceId": "a.b"}]}, "INVALID_INPUT"),
        ({"compositeRequest": [{**NEW, "method": "TRACE"}]}, "INVALID_INPUT"),
        ({"compositeRequest": [{**NEW, "method": 1}]}, "INVALID_INPUT"),
        ({"compositeRequest": [{**NEW, "url": ""}]}, "INVALID_INPUT"),
        ({"compositeRequest": [{**NEW, "url": {}}]}, "INVALID_INPUT"),
        ({"compositeRequest": [{**NEW, "httpHeaders": "x"}]}, "INVALID_INPUT"),
        (
            {"compositeRequest": [{**NEW, "referenceId": f"r{n}"} for n in range(26)]},
            "EXCEEDED_MAX_SIZE_REQUEST",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_requests_that_are_none(objects: ObjectApi, body: Any, code: str) -> None:
    assert problem(objects.post("composite", body)) == (400, code, [])
    assert names() == []


@pytest.mark.parametrize("depth", [52, 900])
def test_bodies_without_bottom(objects: ObjectApi, depth: int) -> None:
    """Sent as a text: it is deeper than tests can write it."""
    body = "[" * depth + "]" * depth
    one = f'"method": "POST", "url": "{DATA}/sobjects/Account", "referenceId": "one"'
    raw = f'{{"compositeRequest": [{{{one}, "body": {body}}}]}}'
    assert problem(objects.post("composite", raw=raw)) == (400, "INVALID_INPUT", [])
    raw = f'{{"batchRequests": [{{{one}, "richInput": {body}}}]}}'
    assert problem(objects.post("composite/batch", raw=raw)) == (400, "INVALID_INPUT", [])


def test_references_that_stand_for_too_much(
    objects: ObjectApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composite, "_MOST_FILLED_IN", 30)
    twice = part("PATCH", "sobjects/Account/@{oak.id}", {"Name": "@{oak.id}"}, "more")
    assert told(several(objects, NEW, twice)) == [201, "EXCEEDED_MAX_SIZE_REQUEST"]


@pytest.mark.parametrize("limit", ["LONGEST", "LARGEST"])
def test_all_calls_together_have_their_bounds(
    objects: ObjectApi, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(inner, limit, 0)
    other = part("POST", "sobjects/Account", {"Name": "Elm"}, "elm")
    shown = several(objects, NEW, other)
    assert told(shown)[1] == "EXCEEDED_MAX_SIZE_REQUEST"
    assert "Elm" not in names()
    body = {"batchRequests": [{"method": "GET", "url": "v59.0/limits"}] * 2}
    assert objects.post("composite/batch", body).json()["results"][1]["statusCode"] == 400
    graph = {"compositeRequest": [NEW, other]}
    graphs = objects.post("composite/graph", {"graphs": [{"graphId": "1", **graph}]}).json()
    assert [one["isSuccessful"] for one in graphs["graphs"]] == [False]


def test_headers_of_their_own(objects: ObjectApi) -> None:
    headers = {"Sforce-Mru": "updateMru=true", "Authorization": "x", "Cookie": "x", "Sforce-X": 1}
    record_id = make_promotion().record_id
    read = part("GET", f"sobjects/Promotion/{record_id}", httpHeaders=headers)
    assert told(several(objects, read)) == [200]
    assert [one["Id"] for one in objects.get("recent").json()] == [record_id]


# --- composite/batch ----------------------------------------------------------------------------


def batch(objects: ObjectApi, *parts: Part, **more: Any) -> Any:
    answer = objects.post("composite/batch/", {"batchRequests": list(parts), **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_batch_of_calls(objects: ObjectApi) -> None:
    account = make_account(name="Ash").record_id
    shown = batch(
        objects,
        {"method": "PATCH", "url": f"v59.0/sobjects/Account/{account}", "richInput": {"Name": "A"}},
        {"method": "GET", "url": f"v59.0/sobjects/Account/{account}?fields=Name"},
    )
    assert not shown["hasErrors"]
    assert shown["results"][0] == {"statusCode": 204, "result": None}
    assert shown["results"][1]["statusCode"] == 200
    assert shown["results"][1]["result"]["Name"] == "A"


@pytest.mark.parametrize(
    ("halts", "statuses", "made"),
    [(None, [201, 404, 201], ["A", "B"]), ("true", [201, 404, 412], ["A"])],
)
def test_a_batch_goes_on_or_halts(
    objects: ObjectApi, halts: Any, statuses: list[int], made: list[str]
) -> None:
    parts: list[Part] = [
        {"method": "POST", "url": "v59.0/sobjects/Account", "richInput": {"Name": "A"}},
        {"method": "GET", "url": "v59.0/sobjects/Account/nonsense"},
        {"method": "POST", "url": "v59.0/sobjects/Account", "richInput": {"Name": "B"}},
    ]
    shown = batch(objects, *parts, haltOnError=halts)
    assert shown["hasErrors"]
    assert [one["statusCode"] for one in shown["results"]] == statuses
    assert names() == made
    if halts:
        assert shown["results"][2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"


def test_a_batch_is_not_in_another(objects: ObjectApi) -> None:
    shown = batch(objects, {"method": "POST", "url": "v59.0/composite/batch", "richInput": {}})
    assert shown["results"][0]["statusCode"] == 400
    body = {"batchRequests": [{"method": "GET", "url": "v59.0/limits"}] * 26}
    answer = objects.post("composite/batch", body)
    assert problem(answer) == (400, "EXCEEDED_MAX_SIZE_REQUEST", [])


# --- composite/graph ----------------------------------------------------------------------------


def test_each_graph_is_done_as_a_whole(objects: ObjectApi) -> None:
    bad = part("POST", "sobjects/Account", {}, "bad")
    ash = part("POST", "sobjects/Account", {"Name": "Ash"}, "ash")
    graphs = [
        {"graphId": "1", "compositeRequest": [NEW, bad]},
        {"graphId": "2", "compositeRequest": [ash]},
    ]
    answer = objects.post("composite/graph", {"graphs": graphs})
    assert answer.status_code == 200
    first, second = answer.json()["graphs"]
    assert (first["graphId"], first["isSuccessful"]) == ("1", False)
    assert (second["graphId"], second["isSuccessful"]) == ("2", True)
    assert told(first["graphResponse"]["compositeResponse"])[0] == "PROCESSING_HALTED"
    assert told(second["graphResponse"]["compositeResponse"]) == [201]
    assert names() == ["Ash"]


# --- composite/tree -----------------------------------------------------------------------------


def node(name: str, type_: str = "Account", **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": type_, "referenceId": name}, **fields}


def contacts(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"records": list(listed)}


def tree(objects: ObjectApi, *listed: Any, name: str = "Account") -> "Answer":
    return objects.post(f"composite/tree/{name}/", {"records": list(listed)})


def test_records_with_what_is_under_them(objects: ObjectApi) -> None:
    under = contacts(node("c1", "Contact", LastName="Ash"), node("c2", "Contact", LastName="Elm"))
    answer = tree(objects, node("a1", Name="Oak", Contacts=under), node("a2", Name="Fir"))
    assert answer.status_code == 201
    oak, fir = (Account.objects.get(name=name) for name in ("Oak", "Fir"))
    ash, elm = (Contact.objects.get(last_name=name) for name in ("Ash", "Elm"))
    assert answer.json() == {
        "hasErrors": False,
        "results": [
            {"referenceId": "a1", "id": oak.record_id},
            {"referenceId": "a2", "id": fir.record_id},
            {"referenceId": "c1", "id": ash.record_id},
            {"referenceId": "c2", "id": elm.record_id},
        ],
    }
    assert ash.account == elm.account == oak


def test_one_that_fails_leaves_nothing(objects: ObjectApi) -> None:
    make_contact(external_id="taken")
    under = contacts(
        node("c1", "Contact", LastName="Ash"),
        node("c2", "Contact", LastName="Elm", ExternalId="taken"),
        node("c3", "Contact"),
    )
    answer = tree(objects, node("a1", Name="Oak", contacts=under), node("a2"))
    assert answer.status_code == 400
    assert answer.json()["hasErrors"] is True
    assert [
        (one["referenceId"], one["errors"][0]["statusCode"]) for one in answer.json()["results"]
    ] == [
        ("a2", "REQUIRED_FIELD_MISSING"),
        ("c2", "DUPLICATE_VALUE"),
        ("c3", "REQUIRED_FIELD_MISSING"),
    ]
    assert names() == []
    assert Contact.objects.count() == 1


def test_under_what_failed_nothing_is_tried(objects: ObjectApi) -> None:
    answer = tree(objects, node("a1", Contacts=contacts(node("c1", "Contact"))))
    assert [one["referenceId"] for one in answer.json()["results"]] == ["a1"]


def test_tiers_under_a_promotion(objects: ObjectApi) -> None:
    tiers = contacts(node("t1", "PromotionTier", Name="Gold", Rank=1))
    top = node("p1", "Promotion", Name="Summer", IsTiered=True, PromotionTiers=tiers)
    answer = tree(objects, top, name="promotion")
    assert answer.status_code == 201, answer.content
    assert PromotionTier.objects.get().promotion == Promotion.objects.get()


ALONE = node("a", Name="Oak")
DEEP = node("x5", Name="x")
for _level in range(5):
    DEEP = node(f"x{_level}", "Promotion", Name="x", RelatedPromotions=contacts(DEEP))


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ("x", "JSON_PARSER_ERROR"),
        (["x"], "JSON_PARSER_ERROR"),
        ([{"Name": "Oak"}], "INVALID_INPUT"),
        ([{"attributes": {"type": "Account"}, "Name": "Oak"}], "INVALID_INPUT"),
        ([ALONE, ALONE], "INVALID_INPUT"),
        ([ALONE, node("c", "Contact", LastName="Ash")], "INVALID_INPUT"),
        ([ALONE, node("c", "Colour")], "INVALID_TYPE"),
        ([node("a", Name="Oak", Contacts={"records": 1})], "JSON_PARSER_ERROR"),
        ([node("a", Name="Oak", Contacts=contacts(node("b")))], "INVALID_INPUT"),
        ([node(f"a{n}", Name="x") for n in range(201)], "EXCEEDED_MAX_SIZE_REQUEST"),
        (
            [
                node("a", Contacts=contacts(*(node(f"c{n}", "Contact") for n in range(100)))),
                node("b", Contacts=contacts(*(node(f"d{n}", "Contact") for n in range(100)))),
            ],
            "EXCEEDED_MAX_SIZE_REQUEST",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_trees_that_are_none(objects: ObjectApi, listed: Any, code: str) -> None:
    answer = objects.post("composite/tree/Account", {"records": listed})
    assert problem(answer) == (400, code, [])
    assert names() == []


def test_trees_have_five_levels(objects: ObjectApi) -> None:
    answer = objects.post("composite/tree/Promotion", {"records": [DEEP]})
    assert problem(answer) == (400, "INVALID_INPUT", [])
    inner = DEEP["RelatedPromotions"]["records"][0]
    answer = objects.post("composite/tree/Promotion", {"records": [inner]})
    assert problem(answer)[1] == "INVALID_INPUT"  # the innermost is an account
