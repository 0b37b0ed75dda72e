"""What the process does to itself before it holds a key: nothing of it is dumped, traced or left readable
(P35)."""

import ctypes
import os
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


class NotHardened(Exception):
    """The kernel did not do what was asked; a vault that may be dumped does not start."""


def harden() -> None:
    """Files for this uid alone, no core dumps, no debugger of the same uid, no `/proc/<pid>/mem`. Raises:
    NotHardened.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise NotHardened(os.strerror(ctypes.get_errno()))
