"""``python -m tests.benchmarks.pages``: every page of the admin on a large data set.

Builds the data set, serves it as in production, asks for each page and each filter of a list, and
counts the statements for somebody of each role. What takes longer than a second or more than 20
statements is marked, and the exit status is 1 then. ``--full`` has 5,000 promotions, 1,000,000
coupons, 1,000,000 contacts and 10,000,000 enrollments; ``--serve`` goes on serving afterwards, for
a browser.
"""

import argparse
import html
import http.cookiejar
import re
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.postgres import Database, new_database
from tests.benchmarks.report import say
from tests.benchmarks.service import Service, running_service, use_models

if TYPE_CHECKING:
    from django.test import Client

MOST_SECONDS = 1.0
MOST_STATEMENTS = 20
_ROUNDS = 3
_PASSWORD = "a password of the benchmark alone"


@dataclass(frozen=True)
class Page:
    """A page, what it took, and how many statements."""

    path: str
    first: float
    """Seconds, the first time that anybody asked."""
    usual: float
    statements: int

    @property
    def is_slow(self) -> bool:
        return max(self.first, self.usual) > MOST_SECONDS or self.statements > MOST_STATEMENTS


def main() -> None:
    arguments = _arguments()
    with new_database() as database, running_service(database.url) as service:
        use_models(service.variables)
        _load(database, full=arguments.full)
        pages = list(_measured(service))
        for page in sorted(pages, key=lambda page: -page.usual):
            mark = "!" if page.is_slow else " "
            sys.stdout.write(
                f"{mark} {page.first * 1000:7.0f} ms first {page.usual * 1000:7.0f} ms "
                f"{page.statements:3d} statements  {page.path}\n"
            )
        slow = sum(page.is_slow for page in pages)
        sys.stdout.write(f"{len(pages)} pages, {slow} too slow or with too many statements.\n")
        if arguments.serve:
            say(
                f"Serving at {service.url}/admin/, as superuser “root”, “{_PASSWORD}”. Ctrl-C ends."
            )
            _wait()
    sys.exit(1 if slow else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--full", action="store_true", help="ten million enrollments")
    parser.add_argument("--serve", action="store_true", help="go on serving for a browser")
    return parser.parse_args()


def _load(database: Database, *, full: bool) -> None:
    from tests.benchmarks import dataset

    begun = time.monotonic()
    size = (
        dataset.Size(
            contacts=1_000_000,
            promotions=4_950,
            enrollments=10_000_000,
            coupons=1_000_000,
            everybody_in_first=True,
        )
        if full
        else dataset.Size(coupons=20_000, everybody_in_first=True)
    )
    say(f"Loading {size.enrollments:,} enrollments of {size.contacts:,} contacts")
    with database.connect() as connection:
        dataset.load(connection, size)
    say(f"Loaded in {(time.monotonic() - begun) / 60:.1f} minutes")


def _measured(service: Service) -> Iterator[Page]:
    from django.test.utils import setup_test_environment

    setup_test_environment()
    people = _people()
    browser = _signed_in(service)
    everything = dict.fromkeys(paths())
    for path in [*lists(), PROMOTIONS + "calendar/"]:
        everything |= dict.fromkeys(_ways_to_look(browser, service.url, path))
    for number, path in enumerate(everything, 1):
        say(f"Page {number} of {len(everything)}: {path}")
        first = _seconds(browser, service.url + path)
        usual = median(_seconds(browser, service.url + path) for _ in range(_ROUNDS))
        yield Page(path, first, usual, max(_statements(person, path) for person in people))


def _people() -> "list[Client]":
    """A superuser, and somebody of each role."""
    from django.contrib.auth.models import Group
    from django.test import Client

    from promotions.models import User

    users = [User.objects.create_superuser("root", "", _PASSWORD)]
    for role in Group.objects.all():
        users.append(User.objects.create_user(role.name, is_staff=True))
        users[-1].groups.add(role)
    people = [Client() for _ in users]
    for person, user in zip(people, users, strict=True):
        person.force_login(user)
    return people


def _statements(person: "Client", path: str) -> int:
    """How many it takes to show the page; none where the person may not see it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        shown = person.get(path).status_code == 200
    return len(captured) if shown else 0


def _signed_in(service: Service) -> urllib.request.OpenerDirector:
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    browser.open(f"{service.url}/admin/login/").read()
    token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
    form = {"username": "root", "password": _PASSWORD, "csrfmiddlewaretoken": token}
    body = urllib.parse.urlencode(form).encode()
    browser.open(f"{service.url}/admin/login/?next=/admin/", body).read()
    return browser


def _ways_to_look(browser: urllib.request.OpenerDirector, url: str, path: str) -> list[str]:
    """The filters, orders and further pages that a list offers."""
    page = browser.open(url + path, timeout=120).read().decode()
    return [path + html.unescape(query) for query in re.findall(r'href="(\?[^"]+)"', page)]


def _seconds(browser: urllib.request.OpenerDirector, url: str) -> float:
    begun = time.monotonic()
    with browser.open(url, timeout=120) as answer:
        answer.read()
    return time.monotonic() - begun


PROMOTIONS = "/admin/promotions/promotion/"


def lists() -> list[str]:
    from django.contrib import admin
    from django.urls import reverse

    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]


def paths() -> list[str]:
    """Every list, one page of each kind, every search and figure; of the largest promotion, a
    customer with very many enrollments, and the last of millions."""
    from enrollments.models import Contact, PromotionPartyUsage
    from enrollments.standing import Standing
    from promotions.admin.saved_views import VIEWS
    from promotions.models import Coupon, Promotion

    largest = Promotion.objects.order_by("pk")[0]
    contact = Contact.objects.order_by("-pk")[0]
    usage = PromotionPartyUsage.objects.order_by("-pk")[0]
    coupon = Coupon.objects.order_by("-pk")[0]
    promotion = f"{PROMOTIONS}{largest.pk}/"
    enrollments = "/admin/enrollments/promotionpartyusage/"
    searches = [
        contact.last_name,
        contact.email or "",
        contact.phone or "",
        contact.external_id or "",
        contact.record_id,
        usage.name,
        coupon.coupon_code,
        "a",
        "zzz nobody",
    ]
    return [
        "/admin/",
        *lists(),
        *(
            f"{promotion}{page}"
            for page in ("change/", "history/", "share/", "delete/", "generate-coupons/")
        ),
        *(f"{promotion}{verb}/" for verb in ("deactivate", "close", "clone")),
        f"{enrollments}?promotion__id__exact={largest.pk}",
        *(f"{enrollments}?standing={word}" for word in Standing),
        f"{enrollments}{usage.pk}/change/",
        f"{enrollments}customers/{contact.record_id}/",
        f"/admin/promotions/coupon/?promotion__id__exact={largest.pk}",
        f"/admin/promotions/coupon/{coupon.pk}/change/",
        *(f"{enrollments}customers/?{urllib.parse.urlencode({'q': text})}" for text in searches),
        *(f"{enrollments}?{urllib.parse.urlencode({'q': text})}" for text in searches),
        *(
            f"/admin/promotions/coupon/?{urllib.parse.urlencode({'q': text})}"
            for text in (coupon.coupon_code, coupon.coupon_code[:3])
        ),
        f"{PROMOTIONS}?q=promotion+4",
        f"{PROMOTIONS}?status=running",
        *(f"{PROMOTIONS}?view={view}" for view in VIEWS),
        *(f"{PROMOTIONS}{page}/" for page in ("calendar", "add", "recycle-bin", "import")),
        f"{PROMOTIONS}calendar/?view=running",
        f"{enrollments}attention/",
        f"{enrollments}why/?contact={contact.pk}&promotion={largest.pk}",
        *(f"{PROMOTIONS}find/?{urllib.parse.urlencode({'q': q})}" for q in searches),
        f"{promotion}activate/",
        *(f"{enrollments}figures/{key}/" for key in (largest.pk, largest.pk + 500)),
    ]


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
