"""Makes a store ready to be served, or as ready as a newer release wants it, in one step that can be repeated.

What has not changed since the last start is skipped, known by a stamp over code, settings and theme.
"""

import hashlib
import json
import os
import secrets
import stat
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from microkitten import __version__, policy
from microkitten.config import adopting, database, identities, runtime, upgrading
from microkitten.config import certificates as local_certificates
from microkitten.config.identities import Identities, Identity, becoming
from microkitten.config.processes import SOURCE, STYLES, environment, local_name
from microkitten.config.reporting import say, timed
from microkitten.config.store import Serving
from microkitten.policy import versions
from microkitten.providers.cards.sandbox import keys as sandbox_keys
from microkitten.web.store import Store

STAMP = ".prepared"
RESTORING = "restore.json"  # from a restore's decision to its end
STEP_SECONDS_MAX = 600
SECRET_BYTES = 48
RED, PLAIN = "\033[31m", "\033[0m"


class CannotPrepare(Exception):
    """Why the store cannot be started, with what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """As whom the processes run, and whether the store is started for the first time."""

    who: Identities
    is_first: bool


def prepare(store: Store, serving: Serving) -> Prepared:
    """Make or upgrade everything the processes of `store` need.

    Raises `CannotPrepare`, or `policy.PolicyError` if no policy is in force and the store's does not load.
    """
    if (store.folder / RESTORING).exists():
        raise CannotPrepare(
            "a restore was interrupted after it was decided; finish it: microkitten restore --resume"
        )
    upgrading.at_start(store.folder)
    adopting.at_start(store, at=datetime.now(UTC))
    fitting_profile(store)
    with timed("users, folders, keys"):
        who = identities.choose(store.folder, serving.uids_base)
        _folders(store, who, has_file=serving.database is None)
        _secrets(store, who)
        _password(serving, who)
        certificates(store, who, at=datetime.now(UTC))
        runtime.ensure(store.folder, who.vault)
    if not who.separate:
        red = (RED, PLAIN) if sys.stderr.isatty() else ("", "")
        say(f"{red[0]}one user runs everything ({who.why}): the vault is not walled off{red[1]}")
    is_first = not (store.folder / STAMP).exists()
    stamp = _stamp(store, serving, who)
    if _stamped(store.folder, serving) != stamp:
        _run_steps(store, who)
        _own_databases(store, who)
        _write_stamp(store.folder, stamp)
    return Prepared(who, is_first)


def fitting_profile(store: Store) -> policy.Policy:
    """Return the policy in force; raises `CannotPrepare` if its profile is not for the countries it serves."""
    loaded = versions.governing(store.folder)
    if wrong := adopting.misfit(loaded, store.countries):
        remedy = 'set  profile = "strict"  in policy.toml, or sell elsewhere (countries in store.toml)'
        raise CannotPrepare(f"{wrong}; {remedy}")
    return loaded


def certificates(store: Store, who: Identities, *, at: datetime) -> bool:
    """Make the local certificate if it is missing or nears its end; returns whether a new one was made."""
    folder = store.folder / "tls"
    name = local_name(store)
    names = tuple(dict.fromkeys((name, *local_certificates.NAMES)))
    made = local_certificates.ensure(folder, at=at, names=names)
    if who.separate:
        _give(folder / local_certificates.KEY, 0, who.tls, 0o640)
    return made


def _folders(store: Store, who: Identities, *, has_file: bool = True) -> None:
    """Make the store's folders with who may enter them; the sticky bit keeps each from moving the others'."""
    folder = store.folder
    worker, vault = who.worker, who.vault
    if who.separate:
        _give(folder, 0, who.shared, 0o3771)
        mail = (who.shared, 0o2750) if store.sample else (worker.gid, 0o700)
        _make(folder / "vault", vault.uid, vault.gid, 0o700)
        _make(folder / "media", worker.uid, who.shared, 0o2770)
        _make(folder / "static", worker.uid, who.shared, 0o2750)
        _make(folder / STYLES, worker.uid, who.shared, 0o2750)
        _make(folder / "mail", worker.uid, *mail)
        _make(folder / "sandbox", who.cards.uid, who.cards.gid, 0o711)
    else:
        for name in ("vault", "media", "static", STYLES, "mail", "sandbox"):
            _make(folder / name, worker.uid, worker.gid, 0o700)
    _make(folder / "theme", os.geteuid(), os.getegid(), 0o755)
    for name in ("shop.sqlite3", "shop.sqlite3-lock") if has_file else ():
        _touch(folder / name)
        _give(folder / name, worker.uid, who.shared, 0o660 if who.separate else 0o600)


def _password(serving: Serving, who: Identities) -> None:
    """See to it that web and worker, and nobody else, may read the password of the shop's database server."""
    if serving.database is None:
        return
    try:
        database.need_driver()
        serving.signing_in()
    except database.CannotConnect as error:
        raise CannotPrepare(str(error)) from None
    if serving.password_file.exists():
        mode = (0, who.shared, 0o640) if who.separate else (os.geteuid(), os.getegid(), 0o600)
        _give(serving.password_file, *mode)


def _secrets(store: Store, who: Identities) -> None:
    """Make the secrets that are files: Django's own, and the sandbox's two keys, each for who needs it."""
    path = store.folder / "secret.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES) + "\n")
    sandbox = store.folder / "sandbox"
    if store.sample and store.cards.kind == "sandbox":
        sandbox_keys.ensure(sandbox)
    if not who.separate:
        return
    _give(path, 0, who.shared, 0o640)
    for name, reader in ((sandbox_keys.API_KEY_FILE, who.worker), (sandbox_keys.WEBHOOK_KEY_FILE, who.web)):
        if (sandbox / name).exists():
            # Owned by the sandbox, read by the one process of the shop that speaks to it, or listens to it.
            _give(sandbox / name, who.cards.uid, reader.gid, 0o640)


def _run_steps(store: Store, who: Identities) -> None:
    """Migrate both databases side by side, then the rest of the shop's part."""
    folder = str(store.folder)
    began = time.monotonic()
    vault = _step(("-m", "microkitten.vault.server", "migrate", folder), who.vault, "vault", store.folder)
    shop = _step(("-m", "microkitten", "prepare", "shop", folder), who.worker, "worker", store.folder)
    if who.separate:  # who may not write beside the code would compile it anew at each start
        compiler = ("-m", "compileall", "-q", str(SOURCE / "microkitten"))
        _step(compiler, identities.one_user().worker, "", store.folder).wait(STEP_SECONDS_MAX)
    for name, process in (("vault", vault), ("shop", shop)):
        try:
            status = process.wait(STEP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            status = -1
        if name == "vault":
            say(f"{'vault migrated':<34} {time.monotonic() - began:6.1f} s")
        if status != 0:
            for other in (vault, shop):
                other.terminate()
            raise CannotPrepare(f"preparing the {name} failed (status {status}); see its lines above")


def _step(
    arguments: tuple[str, ...], identity: Identity, role: str, folder: Path
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(folder, role),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        preexec_fn=becoming(identity),
    )


def _own_databases(store: Store, who: Identities) -> None:
    """Let both web and worker write the shop's database, whichever of them made its side files."""
    for path in store.folder.glob("shop.sqlite3*"):
        _give(path, who.worker.uid, who.shared, 0o660 if who.separate else 0o600)


def _stamp(store: Store, serving: Serving, who: Identities) -> dict[str, object]:
    digest = hashlib.sha256()
    for root in (SOURCE / "microkitten", store.folder / "theme"):
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            if path.suffix != ".pyc":
                digest.update(str(path.relative_to(root)).encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return {
        "release": __version__,
        "code": digest.hexdigest(),
        "uid": who.worker.uid,
        "sample": store.sample,
        "database": str(serving.database or "shop.sqlite3"),
    }


def _stamped(folder: Path, serving: Serving) -> object:
    """Return the stamp of the last start, None if anything it stands for is gone."""
    wanted = [folder / "vault", folder / "static/staticfiles.json"]
    if not all(path.exists() for path in wanted):
        return None
    shop = folder / "shop.sqlite3"
    if serving.database is None and (not shop.exists() or shop.stat().st_size == 0):
        return None
    with suppress(OSError, ValueError):
        return json.loads((folder / STAMP).read_text(encoding="ascii"))
    return None


def _write_stamp(folder: Path, stamp: dict[str, object]) -> None:
    part = folder / f"{STAMP}.{secrets.token_hex(4)}"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(stamp, file)
    part.replace(folder / STAMP)


def _make(path: Path, uid: int, gid: int, mode: int) -> None:
    """Make a folder for `uid`; what lies in it changes hands with it (a store moved between users)."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    if not stat.S_ISDIR(path.lstat().st_mode):
        raise CannotPrepare(f"{path} must be a folder, not a link or a file; move it away")
    before = path.lstat().st_uid
    _give(path, uid, gid, mode)
    if before != uid and os.geteuid() == 0:
        for inner in path.rglob("*"):
            os.chown(inner, uid, gid, follow_symlinks=False)
            if mode & 0o070 and not inner.is_symlink():  # made by one user alone: its group may read it now
                inner.chmod(mode if inner.is_dir() else mode & 0o666)


def _touch(path: Path) -> None:
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _give(path: Path, uid: int, gid: int, mode: int) -> None:
    """Set owner, group and mode of what is no link; only root changes owners."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise CannotPrepare(f"{path} is a link; put the real thing there")
    if os.geteuid() == 0 and (found.st_uid, found.st_gid) != (uid, gid):
        os.chown(path, uid, gid, follow_symlinks=False)
    if stat.S_IMODE(found.st_mode) != mode or os.geteuid() == 0:
        try:
            path.chmod(mode)
        except PermissionError:
            raise CannotPrepare(f"{path} belongs to another user; start as that user, or as root") from None
