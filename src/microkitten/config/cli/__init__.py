"""The `microkitten` command: makes, starts and checks a store, and answers questions about its policy.

Every command imports what it needs when it runs, so that `--help` and mistakes answer at once.
"""

import sys

import click

from microkitten import __version__
from microkitten.config.cli.asking import ledger, staff
from microkitten.config.cli.benches import bench
from microkitten.config.cli.copies import backup, restore
from microkitten.config.cli.endings import calendar
from microkitten.config.cli.keys import keys
from microkitten.config.cli.making import demo, import_, new, prepare
from microkitten.config.cli.people import person
from microkitten.config.cli.policies import policy_
from microkitten.config.cli.policy_in_force import adopt
from microkitten.config.cli.running import check, serve, vault, web, worker


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="microkitten")
def microkitten() -> None:
    """An online shop in which the privacy policy is the program."""


for _command in (
    demo,
    new,
    serve,
    check,
    backup,
    restore,
    import_,
    policy_,
    ledger,
    keys,
    staff,
    person,
    calendar,
    web,
    vault,
    worker,
    prepare,
    bench,
):
    microkitten.add_command(_command)
policy_.add_command(adopt)


def main() -> None:
    """Run the command line; what is wrong is said in one message and ends with status 1 or 2."""
    try:
        microkitten.main(prog_name="microkitten")
    except BrokenPipeError:  # `microkitten ... | head`
        sys.stderr.close()
        raise SystemExit(1) from None
