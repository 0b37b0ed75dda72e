"""What the vault does with a fault: it says what kind it was and where, never what it said; or it ends."""

import logging
import os
from typing import NoReturn

log = logging.getLogger("microkitten.vault")


def end(why: str) -> NoReturn:
    """End at once, as a power cut would: the supervisor starts a vault that recovers."""
    log.critical("%s; the vault ends and starts anew", why)
    logging.shutdown()
    os._exit(70)


def report(error: BaseException) -> None:
    """Log what failed and where, without the message: it might quote a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "?"
    log.error("%s at %s", type(error).__name__, where)
