"""Commands that start a store's processes, together or one by one, and that check them."""

from pathlib import Path

import click

from microkitten.config.cli import folder as folders


@click.command()
@folders.argument
@click.option("--reload", is_flag=True, help="Start again when the code, store.toml or policy.toml change.")
def serve(folder: Path | None, reload: bool) -> None:
    """Start and watch everything a store needs: vault, worker, web and the redirecting plain port."""
    from microkitten.config import supervisor  # late: --help stays quick

    with folders.plain_errors():
        raise SystemExit(supervisor.serve(folders.find(folder), reload=reload))


@click.command()
@folders.argument
def web(folder: Path | None) -> None:
    """Start the web process alone (HTTPS; the vault must be running for personal pages)."""
    from microkitten.config import processes

    with folders.plain_errors():
        processes.run_web(folders.find(folder))


@click.command()
@folders.argument
def vault(folder: Path | None) -> None:
    """Start the vault process alone."""
    from microkitten.config import processes

    with folders.plain_errors():
        processes.run_vault(folders.find(folder))


@click.command()
@folders.argument
def worker(folder: Path | None) -> None:
    """Start the worker process alone: payments, mails, pictures, sweeping."""
    from microkitten.config import processes

    with folders.plain_errors():
        processes.run_worker(folders.find(folder))


@click.command()
@folders.argument
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of findings.")
@click.option(
    "--restore",
    "backup",
    metavar="[BACKUP]",
    is_flag=False,
    flag_value="",
    help="Rehearse a restore instead, with the newest backup or the one named; nothing of it stays.",
)
def check(folder: Path | None, as_json: bool, backup: str | None) -> None:
    """Check policy against code against deployment; ends with 0 only if they agree."""
    from microkitten.config.cli import copies, findings

    if backup is not None:
        if folder is None and (Path(backup or ".") / folders.STORE_FILE).is_file():
            folder, backup = Path(backup or "."), ""  # the store, and its newest backup
        with folders.plain_errors():
            given = Path(backup) if backup else None
            raise SystemExit(copies.rehearse(folders.find(folder), given, as_json=as_json))
    raise SystemExit(findings.show(folders.find(folder), as_json=as_json))
