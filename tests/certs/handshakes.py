"""Both ends of a TLS handshake in memory."""

import ssl

from cryptography import x509


def trusting_nobody() -> ssl.SSLContext:
    """A client that takes any certificate, to look at it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def shaken(
    server: ssl.SSLContext,
    client: ssl.SSLContext | None = None,
    *,
    host: str | None = "busy.example.com",
    session: ssl.SSLSession | None = None,
) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """Client and server once both are done. Raises SSLError where one refuses the other."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = (client or trusting_nobody()).wrap_bio(back, there, server_hostname=host, session=session)
    answering = server.wrap_bio(there, back, server_side=True)
    for end in [asking, answering] * 3:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert asking.version()
    if asking.version() == "TLSv1.3":
        answering.write(b"x")  # behind the tickets for the next time
        asking.read(1)
    return asking, answering


def shown(server: ssl.SSLContext, client: ssl.SSLContext | None = None, *, host: str | None = None) -> x509.Certificate:
    """The certificate that ``server`` shows."""
    der = shaken(server, client, host=host)[0].getpeercert(binary_form=True)
    assert der is not None
    return x509.load_der_x509_certificate(der)
