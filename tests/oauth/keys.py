"""Keys of partners, and what they sign."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS


@cache
def private_key(name: str = "ours", bits: int = 2048) -> rsa.RSAPrivateKey:
    """One for each name, made once: that takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=begin,
        not_valid_after=begin + timedelta(days=3650),
    )
    return made.sign(key, SHA256()).public_bytes(Encoding.PEM)


def signed(claims: Any, *, key: Any = None, algorithm: str = "RS256") -> str:
    """A JSON web token in its compact form."""
    token = JWS(json.dumps(claims))
    token.allowed_algs = [algorithm]
    token.add_signature(
        key or JWK.from_pyca(private_key()),
        protected=json.dumps({"alg": algorithm, "typ": "JWT"}),
    )
    text: str = token.serialize(compact=True)
    return text
