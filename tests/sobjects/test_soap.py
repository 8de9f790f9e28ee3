"""``POST /services/Soap/u/NN.0``: undelete, and what clients call before and after it."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from promotions.http.throttling import TokenThrottle
from promotions.models import Promotion, User
from promotions.services.partners import Credentials
from promotions.services.recycle_bin import delete_promotion
from promotions.sobjects.errors import Problem
from promotions.sobjects.undeleting import Undeleted
from promotions.sobjects.views import soap
from tests.factories import actor, make_partner, make_promotion, token_for

PATH = "/services/Soap/u/59.0"
SCHEMAS = "http://schemas.xmlsoap.org/soap/envelope/"
START = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Credentials:
    return make_partner()


@pytest.fixture
def token(shop: Credentials) -> str:
    return token_for(shop)


class Bin:
    """A recycle bin that keeps what it was asked."""

    def __init__(self, *refused: str) -> None:
        self.asked: list[tuple[list[str], bool, str]] = []
        self._refused = refused

    def __call__(
        self, ids: Sequence[str], *, all_or_none: bool, by: Any, at: Any
    ) -> list[Undeleted]:
        self.asked.append((list(ids), all_or_none, by.user.username))
        problem = Problem("UNDELETE_FAILED", "Not < in & the bin", ("Id",))
        return [Undeleted(one, (problem,) if one in self._refused else ()) for one in ids]


@pytest.fixture
def recycle_bin(monkeypatch: pytest.MonkeyPatch) -> Bin:
    made = Bin("b")
    monkeypatch.setattr(soap, "undelete_many", made)
    return made


def send(body: str | bytes, path: str = PATH) -> Any:
    headers = {"SOAPAction": '""'}
    return Client().generic("POST", path, body, content_type="text/xml", headers=headers)


def as_jsforce(token: str, operation: str, *, headers: str = "", namespace: str = "") -> str:
    """A namespace on the header and on the body, often another than the right one."""
    ns = namespace or "urn:partner.soap.sforce.com"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{SCHEMAS}" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f'<soapenv:Header xmlns="{ns}"><SessionHeader><sessionId>{token}</sessionId>'
        f"</SessionHeader>{headers}</soapenv:Header>"
        f'<soapenv:Body xmlns="{ns}">{operation}</soapenv:Body></soapenv:Envelope>'
    )


def login(username: str, password: str) -> str:
    """As simple-salesforce writes it."""
    return f"""<?xml version="1.0" encoding="utf-8" ?>
<env:Envelope xmlns:env="{SCHEMAS}" xmlns:urn="urn:partner.soap.sforce.com">
    <env:Header><urn:CallOptions><urn:client>x</urn:client></urn:CallOptions></env:Header>
    <env:Body>
        <n1:login xmlns:n1="urn:partner.soap.sforce.com">
            <n1:username>{username}</n1:username>
            <n1:password>{password}</n1:password>
        </n1:login>
    </env:Body>
</env:Envelope>"""


def fault(answer: Any) -> str:
    """The code of a fault, in all the forms that clients look for."""
    text = answer.content.decode()
    assert answer.status_code == 500, text
    assert "<soapenv:Fault><faultcode>" in text
    code: str = re.findall(r"<faultcode>sf:([A-Z_]+)</faultcode><faultstring>", text)[0]
    assert f"<sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>" in text
    return code


@pytest.mark.parametrize(
    "path", [PATH, f"{PATH}/", f"{PATH}/00D000000000001", PATH.replace("u", "c")]
)
@pytest.mark.parametrize("namespace", ["", "sobject.partner.soap.sforce.com"])
def test_undelete(token: str, recycle_bin: Bin, path: str, namespace: str) -> None:
    operation = "<undelete><ids>a</ids><ids>b</ids></undelete>"
    answer = send(as_jsforce(token, operation, namespace=namespace), path)
    kind = "enterprise" if "/c/" in path else "partner"
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml;charset=UTF-8"
    assert answer.content.decode() == (
        f'{START} xmlns="urn:{kind}.soap.sforce.com"><soapenv:Body><undeleteResponse>'
        "<result><id>a</id><success>true</success></result>"
        "<result><errors><fields>Id</fields><message>Not &lt; in &amp; the bin</message>"
        "<statusCode>UNDELETE_FAILED</statusCode></errors><id>b</id><success>false</success>"
        "</result></undeleteResponse></soapenv:Body></soapenv:Envelope>"
    )
    [(asked, all_or_none, username)] = recycle_bin.asked
    assert (asked, all_or_none) == (["a", "b"], False)
    assert username.startswith("partner-")


def test_undelete_in_a_namespace_of_each_element(token: str, recycle_bin: Bin) -> None:
    operation = (
        '<n:undelete xmlns:n="urn:x"><n:ids> a </n:ids><ids xmlns="urn:y">c</ids></n:undelete>'
    )
    headers = "<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>"
    assert send(as_jsforce(token, operation, headers=headers)).status_code == 200
    assert recycle_bin.asked[0][:2] == (["a", "c"], True)


@pytest.mark.parametrize("all_or_none", [False, True])
def test_promotions_come_back_from_the_real_recycle_bin(token: str, all_or_none: bool) -> None:
    kept, gone = make_promotion(), make_promotion()
    delete_promotion(gone.pk, by=actor(), at=timezone.now())
    ids = "".join(f"<ids>{one}</ids>" for one in (gone.record_id[:15], kept.record_id, "x"))
    headers = f"<AllOrNoneHeader><allOrNone>{all_or_none}</allOrNone></AllOrNoneHeader>"
    answer = send(as_jsforce(token, f"<undelete>{ids}</undelete>", headers=headers))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert re.findall(r"<success>(\w+)</success>", text)[1:] == ["false", "false"]
    first = "ALL_OR_NONE_OPERATION_ROLLED_BACK" if all_or_none else None
    codes = re.findall(r"<statusCode>(\w+)</statusCode>", text)
    assert codes == [*([first] if first else []), "UNDELETE_FAILED", "MALFORMED_ID"]
    assert Promotion.objects.get(pk=gone.pk).is_deleted == all_or_none


def test_at_most_200_at_once(token: str, recycle_bin: Bin) -> None:
    ids = "<ids>a</ids>" * 200
    assert send(as_jsforce(token, f"<undelete>{ids}</undelete>")).status_code == 200
    answer = send(as_jsforce(token, f"<undelete>{ids}<ids>a</ids></undelete>"))
    assert fault(answer) == "EXCEEDED_ID_LIMIT"
    assert len(recycle_bin.asked) == 1


@pytest.mark.parametrize("session", ["", "x", "00D000000000001!x"])
def test_without_a_valid_session(recycle_bin: Bin, session: str, caplog: Any) -> None:
    answer = send(as_jsforce(session, "<undelete><ids>a</ids></undelete>"))
    assert fault(answer) == "INVALID_SESSION_ID"
    assert recycle_bin.asked == []
    assert caplog.records == [], "no incident"


def test_without_any_header(recycle_bin: Bin) -> None:
    body = f'<e:Envelope xmlns:e="{SCHEMAS}"><e:Body><undelete/></e:Body></e:Envelope>'
    assert fault(send(body)) == "INVALID_SESSION_ID"


def test_log_in_and_out(shop: Credentials, django_capture_on_commit_callbacks: Any) -> None:
    answer = send(login(shop.partner.acting_user.username, shop.client_secret)).content.decode()
    said = dict(re.findall(r"<(\w+)>([^<]+)</\1>", answer))
    assert said["serverUrl"] == "http://testserver/services/Soap/u/59.0/00D000000000001"
    assert said["userId"] == shop.partner.acting_user.record_id
    assert said["organizationId"] == "00D000000000001EAA"
    assert said["passwordExpired"] == "false"
    token = said["sessionId"]
    me = "/api/v1/me"
    assert Client().get(me, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        out = send(as_jsforce(token, "<logout/>"))
    assert out.status_code == 200
    assert b"<logoutResponse></logoutResponse>" in out.content
    assert fault(send(as_jsforce(token, "<getUserInfo/>"))) == "INVALID_SESSION_ID"


def test_who_may_not_log_in(shop: Credentials) -> None:
    username, secret = shop.partner.acting_user.username, shop.client_secret
    User.objects.create_user("mia", password="a real password")
    for name, password in (
        (username, "wrong"),
        (username, ""),
        ("nobody", secret),
        ("", ""),
        ("mia", "a real password"),
    ):
        answer = send(login(name, password))
        assert fault(answer) == "INVALID_LOGIN", name
        assert b"<faultstring>INVALID_LOGIN: Invalid username, password" in answer.content
    User.objects.filter(username=username).update(is_active=False)
    assert fault(send(login(username, secret))) == "INVALID_LOGIN"


def test_log_ins_are_throttled(shop: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    rates: Any = {"token": "2/minute"}
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", rates)
    codes = [fault(send(login("x", "y"))) for _ in range(3)]
    assert codes == ["INVALID_LOGIN", "INVALID_LOGIN", "REQUEST_LIMIT_EXCEEDED"]


def test_who_and_when(shop: Credentials, token: str) -> None:
    answer = send(as_jsforce(token, "<getUserInfo/>")).content.decode()
    assert f"<userName>{shop.partner.acting_user.username}</userName>" in answer
    answer = send(as_jsforce(token, "<getServerTimestamp/>")).content.decode()
    assert re.search(r"<result><timestamp>\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z</timestamp>", answer)


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<Envelope><Body><login><username>&b;</username></login></Body></Envelope>"
)
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><Envelope><Body><x/></Body></Envelope>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"<Envelope>",
        b"<Envelope/>",
        b"<Envelope><Body/></Envelope>",
        b"<Body><x/></Body>",
        b"<Envelope><Body><destroy/></Body></Envelope>",
        b"<Envelope><Body>\xff</Body></Envelope>",
        b'<?xml version="1.0" encoding="nonsense"?><Envelope/>',
        b"<Envelope><Body><x>\0</x></Body></Envelope>",
        BOMB.encode(),
        OUTSIDE.encode(),
        b"<a>" * 100,
        b"<Envelope><Body>" + b"<x/>" * 6000 + b"</Body></Envelope>",
        b"<Envelope><Body><x>" + b"\n" * 600_000 + b"</x></Body></Envelope>",
    ],
    ids=range(15),
)
def test_what_can_not_be_read(body: bytes) -> None:
    answer = send(body)
    assert answer.status_code == 500
    assert b"<faultcode>soapenv:Client</faultcode><faultstring>" in answer.content


def test_other_methods_and_versions() -> None:
    assert Client().get(PATH).status_code == 405
    for path in ("/services/Soap/u/19.0", "/services/Soap/m/59.0", "/services/Soap/u"):
        assert send("<x/>", path).status_code == 404, path


def test_what_is_asked_for_and_not_offered_is_logged(token: str, caplog: Any) -> None:
    send(as_jsforce(token, f"<convertLead{'x' * 100}/>"))
    [line] = [one.getMessage() for one in caplog.records]
    assert line.startswith("no such SOAP operation: convertLead")
    assert len(line) < 100
