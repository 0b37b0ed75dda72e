"""The closed list of job names; `config.jobs` says which task each one is."""

from enum import StrEnum


class JobName(StrEnum):
    """What can be left for the worker."""

    START_PAYMENT = "start-payment"
    LOOK_UP_PAYMENT = "look-up-payment"
    VOID_PAYMENT = "void-payment"
    CAPTURE_PAYMENT = "capture-payment"
    CLAIM = "claim"
    ERASE = "erase"
    TELL_ARRIVAL = "tell-arrival"
    SEND_MAIL = "send-mail"
    MAKE_PICTURE = "make-picture"
    SWEEP = "sweep"
    NOTIFY = "notify"
    TELL_PARTY = "tell-party"
