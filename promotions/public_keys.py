"""The public keys by which partners sign assertions: reading what an operator hands in. Pure."""

import hashlib
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

_LEAST_BITS: Final = 2048
_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"


class UnusableKey(ValueError):
    """What is no public key to sign by; its message says why and what would be one."""


def read_public_key(file: bytes) -> str:
    """The RSA key in a PEM file that holds a public key or a certificate, as PEM of the key alone.

    Raises ``UnusableKey`` for anything else, a private key and a short one (below 2048 bits).
    """
    if b"PRIVATE KEY-----" in file:
        raise UnusableKey("This is a private key: keep it, and give its public key or certificate.")
    try:
        key = (
            x509.load_pem_x509_certificate(file).public_key()
            if _CERTIFICATE in file
            else load_pem_public_key(file)
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKey("Give a PEM file with an RSA public key or a certificate.") from None
    if not isinstance(key, RSAPublicKey):
        raise UnusableKey("Give an RSA key: assertions are signed with RS256.")
    if key.key_size < _LEAST_BITS:
        raise UnusableKey(f"Give a key of at least {_LEAST_BITS} bits; it has {key.key_size}.")
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint(pem: str) -> str:
    """The SHA-256 of a key that ``read_public_key`` gave, to be compared by people."""
    key = load_pem_public_key(pem.encode())
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()
