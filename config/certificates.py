"""``python -m config.certificates``: what the demo needs to be served by HTTPS.

Some clients speak nothing else, whatever address they are given. A certificate for this machine is
made once, by an authority that is made for it, signs nothing else and is forgotten: only its
certificate is kept, for clients to trust. Nothing of this is for production.
"""

import ipaddress
import os
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY: Final = "ca.pem"
CERTIFICATE: Final = "server.pem"
KEY: Final = "server.key"
_NAMES: Final = ("localhost", "127.0.0.1", "::1")
_LASTS: Final = timedelta(days=365)
_TOO_LITTLE: Final = timedelta(days=7)
_CLOCKS_DIFFER: Final = timedelta(days=1)


def main() -> None:
    """Makes what is missing, does not name the host, or ends soon."""
    parser = ArgumentParser(prog="python -m config.certificates")
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--host", required=True, help="where the server listens")
    options = parser.parse_args()
    keep_certificate(options.directory, options.host, datetime.now(UTC))


def keep_certificate(directory: Path, host: str, at: datetime) -> None:
    """Sees to it that there is a certificate in the directory, for this machine by its usual names
    and for ``host``, with its key and the authority's certificate."""
    names = [*_NAMES, *([host] if host not in (*_NAMES, "0.0.0.0", "::") else [])]  # noqa: S104  # compared with, not listened on
    if _is_good(directory / CERTIFICATE, names, at) and (directory / KEY).exists():
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = _name("Promotion demo, made on this machine")
    authority = _builder(issuer, issuer, authority_key.public_key(), authority_key, at)
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
    authority = authority.add_extension(_usage(signs_certificates=True), True)
    server = _builder(_name(names[-1]), issuer, key.public_key(), authority_key, at)
    server = server.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    server = server.add_extension(_usage(signs_certificates=False), True)
    server = server.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    server = server.add_extension(x509.SubjectAlternativeName(map(_general, names)), False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(directory / KEY, private, 0o600)
    for name, builder in ((AUTHORITY, authority), (CERTIFICATE, server)):
        _write(directory / name, builder.sign(authority_key, SHA256()).public_bytes(Encoding.PEM))


def _is_good(path: Path, names: list[str], at: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return certificate.not_valid_after_utc > at + _TOO_LITTLE and {*map(_general, names)} <= {*said}


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    authority_key: ec.EllipticCurvePrivateKey,
    at: datetime,
) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key,
        serial_number=x509.random_serial_number(),
        not_valid_before=at - _CLOCKS_DIFFER,
        not_valid_after=at + _LASTS,
    )
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
    return made.add_extension(by, False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """In place at once, and never readable for others than it is meant for."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


if __name__ == "__main__":
    main()
