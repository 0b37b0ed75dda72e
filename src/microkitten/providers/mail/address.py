"""Reads one e-mail address strictly: what could name two people, or break a line, is no address."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address

import idna

ADDRESS_BYTES_MAX = 254
"""RFC 5321, 4.5.3.1.3, less the angle brackets."""
LOCAL_BYTES_MAX = 64

_WIDE = re.compile(r"""[^.()<>\[\]:;@\\,"]+(\.[^.()<>\[\]:;@\\,"]+)*""")


class BadAddress(Exception):
    """Not one address; says why and quotes nothing."""


def parse(text: str) -> Address:
    """Return an address with its domain in ASCII (RFC 5891); the part before the sign may hold any script (RFC 6531).

    :raises BadAddress: if it is not exactly one.
    """
    if any(sign.isspace() or not sign.isprintable() for sign in text):
        raise BadAddress("it holds a space or a control character")
    local, at_sign, domain = text.rpartition("@")
    if not at_sign or not local or not domain:
        raise BadAddress("it has not two parts")
    try:
        domain = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
        read = _wide(local, domain) if not local.isascii() else Address(addr_spec=f"{local}@{domain}")
    except (idna.IDNAError, MessageError, ValueError, IndexError) as error:
        raise BadAddress("it is not written as addresses are") from error
    if read.addr_spec != f"{local}@{domain}" or not _is_host(domain):
        raise BadAddress("it is not written as addresses are, or its domain is none")
    if len(read.username.encode("utf-8")) > LOCAL_BYTES_MAX or len(text.encode("utf-8")) > ADDRESS_BYTES_MAX:
        raise BadAddress("it is too long")
    return read


def _wide(local: str, domain: str) -> Address:
    """Read what the standard library does not parse: dots and signs of any script, none with a meaning of its own."""
    if not _WIDE.fullmatch(local):
        raise ValueError("not a dot-atom")
    return Address(username=local, domain=domain)


def _is_host(domain: str) -> bool:
    labels = domain.split(".")
    plain = domain.replace("-", "").replace(".", "")
    return plain.isalnum() and all(
        0 < len(label) <= 63 and label[0] != "-" and label[-1] != "-" for label in labels
    )
