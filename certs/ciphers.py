"""How TLS is spoken with callers: versions, suites and their order, old Windows servers included, nothing weaker."""

import ssl
from typing import Final

SUITES: Final = (  # TLS 1.2, in our order; TLS 1.3 brings its own
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES256-SHA384",  # CBC from here on
    "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-RSA-AES256-SHA384",  # what Windows Server 2012 R2 has in common with us beside an RSA leaf
    "ECDHE-RSA-AES128-SHA256",
)
_OPTIONS: Final = (
    ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_SINGLE_ECDH_USE
)


def harden(context: ssl.SSLContext) -> ssl.SSLContext:
    """Set what a listening ``context`` speaks, and return it.

    TLS 1.2 and 1.3 only; forward secrecy always; the server's order; no compression and no renegotiation. Suites with
    CBC and SHA-2 come last, for Windows Server 2012 R2, whose Schannel has no ECDHE-RSA with GCM.
    """
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(":".join(SUITES))
    context.options |= _OPTIONS
    return context
