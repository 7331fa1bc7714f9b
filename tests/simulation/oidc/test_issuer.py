"""The issuer signs what its published keys verify, and rolls them."""

import jwt
import pytest

from simulation.oidc.issuer import LIFETIME, Key, OidcIssuer

ISSUER = "https://login.northwind.example/"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_what_it_signs_is_verified_by_what_it_publishes(algorithm: str) -> None:
    issuer = OidcIssuer(ISSUER, key=Key.made("k", algorithm))
    (key,) = jwt.PyJWKSet.from_dict(issuer.key_set()).keys
    token = issuer.token(issuer.claims("us", sub="x", azp=None))
    claims = jwt.decode(token, key.key, algorithms=[algorithm], audience="us", issuer=ISSUER)
    assert (claims["sub"], claims["exp"] - claims["iat"]) == ("x", LIFETIME)
    assert "azp" not in claims
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "typ": "JWT", "kid": "k"}


def test_keys_roll_with_and_without_the_old_ones() -> None:
    issuer = OidcIssuer(ISSUER)
    issuer.roll()
    assert len(issuer.key_set()["keys"]) == 2
    issuer.roll(keep=False)
    assert len({key["kid"] for key in issuer.key_set()["keys"]}) == 1


def test_discovery_names_the_issuer_to_the_letter() -> None:
    document = OidcIssuer(ISSUER).discovery()
    assert (document["issuer"], document["jwks_uri"]) == (ISSUER, f"{ISSUER}keys")
