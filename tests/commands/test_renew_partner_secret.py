"""``manage.py renew_partner_secret``."""

import json
from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from promotions.models import Partner
from tests.factories import make_partner

pytestmark = pytest.mark.django_db


def test_the_new_secret_is_printed_once_and_the_old_one_stops_working() -> None:
    old = make_partner()
    out = StringIO()
    call_command("renew_partner_secret", old.partner.client_id, stdout=out)
    printed = json.loads(out.getvalue())
    stored = Partner.objects.get().client_secret
    assert printed["client_id"] == old.partner.client_id
    assert check_password(printed["client_secret"], stored)
    assert not check_password(old.client_secret, stored)


def test_an_unknown_client_id_is_told_so() -> None:
    with pytest.raises(CommandError, match="no partner system"):
        call_command("renew_partner_secret", "nobody")
