"""The namespaces and algorithms of WS-Security; an algorithm that is not named here is refused."""

from typing import Final

from protocols.ews.autodiscover.soap import SOAP11, SOAP12

SOAPS: Final = frozenset({SOAP11, SOAP12})
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
SAML: Final = "urn:oasis:names:tc:SAML:1.0:assertion"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
SAML_ASSERTION_ID: Final = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID"

ENVELOPED: Final = DS + "enveloped-signature"
RSA_SHA1: Final = DS + "rsa-sha1"
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
HMAC_SHA1: Final = DS + "hmac-sha1"
HMAC_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
SHA1: Final = DS + "sha1"
SHA256: Final = XENC + "sha256"
RSA_OAEP: Final = XENC + "rsa-oaep-mgf1p"
AES_BYTES: Final = {XENC + "aes256-cbc": 32, XENC + "aes128-cbc": 16}
"""The ciphers of a token and the length of their keys."""

HOLDER_OF_KEY: Final = "urn:oasis:names:tc:SAML:1.0:cm:holder-of-key"
TRUST: Final = ("http://schemas.xmlsoap.org/ws/2005/02/trust", "http://docs.oasis-open.org/ws-sx/ws-trust/200512")
CONVERSATION: Final = (
    "http://schemas.xmlsoap.org/ws/2005/02/sc",
    "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512",
)
EMAIL_CLAIM: Final = ("http://schemas.xmlsoap.org/claims", "emailaddress")
DOMAIN_CLAIM: Final = ("http://schemas.microsoft.com/ws/2006/04/identity/claims", "requestordomain")
ACTION_CLAIM: Final = ("http://schemas.xmlsoap.org/ws/2006/12/authorization/claims", "action")
FREE_BUSY: Final = "MSExchange.SharingCalendarFreeBusy"
