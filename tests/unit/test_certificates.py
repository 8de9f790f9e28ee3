"""What the demo is served by HTTPS with."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from config.certificates import AUTHORITY, CERTIFICATE, KEY, keep_certificate

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def contents(directory: Path) -> list[bytes]:
    return [(directory / name).read_bytes() for name in (AUTHORITY, CERTIFICATE, KEY)]


def test_it_is_made_once(tmp_path: Path) -> None:
    directory = tmp_path / "tls"
    keep_certificate(directory, "127.0.0.1", NOW)
    made = contents(directory)
    keep_certificate(directory, "127.0.0.1", NOW + timedelta(days=300))
    assert contents(directory) == made
    assert stat.S_IMODE((directory / KEY).stat().st_mode) == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
        directory / CERTIFICATE, directory / KEY
    )


@pytest.mark.parametrize(
    ("host", "later"),
    [("promotions.test", timedelta()), ("127.0.0.1", timedelta(days=360))],
    ids=["another host", "it ends soon"],
)
def test_it_is_made_anew_where_that_is_needed(tmp_path: Path, host: str, later: timedelta) -> None:
    keep_certificate(tmp_path, "127.0.0.1", NOW)
    made = contents(tmp_path)
    keep_certificate(tmp_path, host, NOW + later)
    assert not set(made) & set(contents(tmp_path))


def test_it_is_made_anew_where_it_is_broken(tmp_path: Path) -> None:
    (tmp_path / CERTIFICATE).write_text("nonsense")
    keep_certificate(tmp_path, "localhost", NOW)
    certificate = x509.load_pem_x509_certificate((tmp_path / CERTIFICATE).read_bytes())
    authority = x509.load_pem_x509_certificate((tmp_path / AUTHORITY).read_bytes())
    certificate.verify_directly_issued_by(authority)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "localhost", "10.0.0.7"])  # noqa: S104
def test_its_names(tmp_path: Path, host: str) -> None:
    keep_certificate(tmp_path, host, NOW)
    certificate = x509.load_pem_x509_certificate((tmp_path / CERTIFICATE).read_bytes())
    said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    names = [str(one.value) for one in said]
    assert names == ["localhost", "127.0.0.1", "::1", *(["10.0.0.7"] if host == "10.0.0.7" else [])]
