"""An error in, how a command ends out: one sentence and an exit code.

Exit codes: 0 done; 1 something is wrong with what was asked about (a touched ledger, a stale warehouse, a stopped publish, a
source that cannot be used); 2 the call was wrong; 3 try again later (busy, disk full); 130 ended by Ctrl-C.

Errors are known by their names: whoever only wants `--help` should not wait for the libraries of all that can raise them.
"""

import errno

DONE, WRONG, MISUSED, LATER, INTERRUPTED = 0, 1, 2, 3, 130
CODES = {
    MISUSED: {"CallError", "DaysError", "SettingsError", "QueryError", "UnknownEventError", "RetryError"},
    WRONG: {
        "SourcesError",
        "PublishError",
        "ModelError",
        "WorldError",
        "SeedsError",
        "WorkerError",
        "LedgerUnreadableError",
        "UnreadableError",
        "OpmlError",
    },
    LATER: {"LedgerError", "NetworkBusy", "IndexUnusableError", "Busy", "SourcesBusy", "UnreachableError"},
}
# What is wrong with a folder that we write to. ENOENT is what the kernel's own folders say, where nothing can be made.
UNUSABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOENT)


def exit_code(error: Exception) -> int | None:
    """The exit code of an error that a user can cause, or None for one that only we can.

    >>> exit_code(PermissionError(errno.EACCES, "Permission denied", "/srv/data")), exit_code(KeyError("stream"))
    (2, None)
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    for code, known in CODES.items():
        if names & known:
            return code
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return LATER
    if isinstance(error, OSError) and error.errno in UNUSABLE and error.filename:
        return MISUSED
    return None


def say(error: Exception) -> str:
    """The error's own sentence; the system's errors get one.

    >>> say(PermissionError(errno.EACCES, "Permission denied", "/srv/data"))
    '/srv/data cannot be used (Permission denied): CLAIMWIRE_DATA names the folder that is written to.'
    """
    if isinstance(error, OSError) and error.filename:
        return (
            f"{error.filename} cannot be used ({error.strerror}): CLAIMWIRE_DATA names the folder that is written to."
        )
    return str(error)
