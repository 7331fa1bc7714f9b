"""WS-Security as Exchange's organisation relationships use it: an encrypted SAML 1.1 token, a signature by its key."""
