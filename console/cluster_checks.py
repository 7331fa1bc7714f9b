"""Checks [cluster]: whether its key, password and CA are there and fit, and what of it travels in the open."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from console.configuration import Configuration
from console.findings import Finding, error, warning
from console.pem_checks import certificates
from proxy.sealing import Seal
from proxy.settings.cluster import ClusterSettings
from service.reach import is_loopback
from service.secrets import Reference, SecretError, resolve

_MAKE_KEY = "make one by `openssl rand -hex 32`, the same on all nodes"


def check_cluster(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """What is wrong or doubtful with what nodes share; nothing where they share nothing."""
    if (cluster := configuration.cluster) is None:
        return
    yield from _key(cluster.key, directory)
    if cluster.password is not None:
        try:
            resolve(cluster.password, directory)
        except SecretError as problem:
            yield error("cluster.password", str(problem), "put the password there")
    if cluster.ca is not None:
        yield from _authority(directory / cluster.ca)
    yield from _way(cluster)


def _key(reference: Reference, directory: Path) -> Iterator[Finding]:
    try:
        Seal(resolve(reference, directory))
    except SecretError as problem:
        yield error("cluster.key", str(problem), _MAKE_KEY)
    except ValueError:
        yield error("cluster.key", f"{reference} holds no key of 32 bytes in 64 hexadecimal digits", _MAKE_KEY)


def _authority(path: Path) -> Iterator[Finding]:
    mend = "put the CA's certificate there (PEM)"
    try:
        found = certificates(path.read_bytes())
    except OSError as problem:
        yield error("cluster.ca", f"{path} cannot be read: {problem.strerror}", mend)
        return
    if not found:
        yield error("cluster.ca", f"{path} holds no certificate", mend)


def _way(cluster: ClusterSettings) -> Iterator[Finding]:
    if is_here(cluster):
        return
    if not cluster.tls and cluster.password is not None:
        mend = "write rediss:// and let Redis speak TLS, or keep the way to it to yourself"
        yield warning("cluster.redis", "its password travels to another machine in the open", mend)
    if cluster.password is None:
        mend = "give Redis a password and write it in cluster.password"
        yield warning("cluster.redis", "whoever reaches it can empty it, or lock what nodes want to fetch", mend)


def is_here(cluster: ClusterSettings) -> bool:
    """Whether its Redis is reached on this machine alone, so that no other node shares it."""
    return is_loopback(urlsplit(cluster.redis).hostname or "")
