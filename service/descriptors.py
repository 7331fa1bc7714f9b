"""File descriptors: every connection is one, and many systems allow a process few unless it asks for more."""

import resource

import structlog

_log = structlog.get_logger("busyline.door")


def allow(number: int) -> bool:
    """Raise the limit of this process to ``number`` where the system lets it; whether there are as many.

    A process that gets fewer goes on, and says so in the log: connections beyond that wait until others have left.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _covers(soft, number):
        return True
    wanted = number if _covers(hard, number) else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < number:
        note = "raise the limit (LimitNOFILE in systemd), or lower server.connections"
        _log.warning("few_file_descriptors", allowed=wanted, wanted=number, note=note)
    return wanted >= number


def _covers(limit: int, number: int) -> bool:
    return limit in (resource.RLIM_INFINITY, -1) or limit >= number
