"""Every setting of a store in one table: what it is called, what it may be, what it is without being set.

The reader (`store`) accepts nothing that is not declared here, and docs/operating/settings.md is generated
from it (`python -m microkitten.config.declarations`), so that no setting is without documentation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value must be; each kind has a reader of its own in `store`."""

    TEXT = "text"
    ORIGIN = "https origin"
    COUNTRY = "country code"
    COUNTRIES = "list of country codes"
    CURRENCY = "currency code"
    LANGUAGE = "language tag"
    LANGUAGES = "list of language tags"
    FLAG = "true or false"
    COUNT = "whole number"
    DECIMAL = "decimal number"
    CUSTODY = "custody of a key"
    PLACES = "list of folders"
    PATH = "file, found from the store's folder"
    CHOICE = "one of a few words"
    DATABASE = "PostgreSQL address"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key in `store.toml` (dots are tables), and what the documentation says of it.

    `default` is written as it would be in `store.toml`; `None` means that it must be set.
    `attacker` says what somebody who could set it, and nothing else, could do.
    """

    key: str
    kind: Kind
    default: str | None
    about: str
    attacker: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    at_least: int = 0
    at_most: int = 2**31
    known_as: str = ""

    @property
    def variable(self) -> str:
        """The environment variable that overrides it: `MICROKITTEN_TAX_RATE` for `tax.rate`."""
        return self.known_as or "MICROKITTEN_" + self.key.replace(".", "_").upper()


SHOP_DATABASE = "MICROKITTEN_SHOP_DATABASE"  # may hold a password, so that not every process is given it
_WORDING = "put other words on pages and mails"
_NOBODY = "nothing against a person"

SETTINGS: tuple[Setting, ...] = (
    Setting("name", Kind.TEXT, None, "What the shop is called on its pages.", _WORDING),
    Setting(
        "address",
        Kind.ORIGIN,
        None,
        "Where the shop is found: scheme, name and, if it is not 443, port. Nothing else is answered.",
        "make links in mails lead to a server of theirs; the pages themselves would no longer be served",
    ),
    Setting("company", Kind.TEXT, None, "Who runs the shop: the full legal name.", _WORDING),
    Setting(
        "postal_address", Kind.TEXT, None, "Where the company is; lines are separated by `\\n`.", _WORDING
    ),
    Setting(
        "email",
        Kind.TEXT,
        None,
        "Where people can write to the shop; also the sender of its mail.",
        "receive what customers answer to the shop's mails",
    ),
    Setting("country", Kind.COUNTRY, None, "Where the company is established.", "show a wrong country"),
    Setting(
        "countries",
        Kind.COUNTRIES,
        None,
        "Where the shop sells to. Where one of them asks for consent first, the profile must be `strict`.",
        "offer the shop where its policy was not made for; `classic` is refused where consent comes first",
    ),
    Setting(
        "currency", Kind.CURRENCY, None, "What prices are in; never changed once there are orders.", _NOBODY
    ),
    Setting("language", Kind.LANGUAGE, '"en"', "The language of pages and mails.", _NOBODY),
    Setting(
        "languages",
        Kind.LANGUAGES,
        "[]",
        "The languages of the privacy page, the first at `/privacy`, the others at `/privacy/de` and so on;"
        " empty: that of `language`, if there is one. `en`, `de` and `es` are packaged; others, and translations of"
        " sentences of your own, stand in `policy.CODE.toml`.",
        "show the policy in a language that readers do not know",
    ),
    Setting(
        "sample",
        Kind.FLAG,
        "false",
        "A store to try things in: sandbox card processor, mailbox page, local certificate.",
        "let staff read the mails kept in the store's folder, and take cards that are not real",
    ),
    Setting("tax.name", Kind.TEXT, '"Tax"', "What the tax is called on the bill.", _WORDING),
    Setting(
        "tax.rate", Kind.DECIMAL, '"0"', "The one tax rate.", "change totals", unit="percent of the price"
    ),
    Setting(
        "tax.prices_include", Kind.FLAG, "false", "Prices are shown with the tax in them.", "change totals"
    ),
    Setting("tax.on_shipping", Kind.FLAG, "false", "Shipping is taxed too.", "change totals"),
    Setting("shipping.id", Kind.TEXT, None, "Short immutable name of a way to ship.", _NOBODY),
    Setting("shipping.title", Kind.TEXT, None, "What customers read.", _WORDING),
    Setting(
        "shipping.amount_minor",
        Kind.COUNT,
        None,
        "What it costs a parcel.",
        "change totals",
        unit="smallest unit of the currency: 595 is $5.95",
    ),
    Setting("shipping.days", Kind.COUNT, None, "About how long it takes.", _NOBODY, unit="days", at_most=365),
    Setting(
        "cards.kind",
        Kind.CHOICE,
        '"none"',
        "Who takes the cards: the sandbox of sample stores, or nobody yet.",
        "send shoppers to a card page that is not the merchant's",
        choices=("none", "sandbox"),
    ),
    Setting(
        "cards.address",
        Kind.ORIGIN,
        '""',
        "The processor's own origin; empty: of the sandbox, the port after the shop's.",
        "send shoppers to a card page of theirs",
    ),
    Setting(
        "cards.key_file",
        Kind.PATH,
        '"sandbox/api.key"',
        "Holds the processor's secret key, readable by nobody but the shop.",
        "make payments fail by naming a wrong file",
    ),
    Setting(
        "cards.ca_file",
        Kind.PATH,
        '""',
        "The authority that the processor's certificate must come from; empty: the usual ones"
        " (of the sandbox: the store's own).",
        "accept a stranger's server as the processor, together with control of the name",
    ),
    Setting(
        "mail.kind",
        Kind.CHOICE,
        '"folder"',
        "`folder` keeps mails as files in `mail/`; `smtp` hands them to a server.",
        "keep mails from leaving",
        choices=("folder", "smtp"),
    ),
    Setting("mail.host", Kind.TEXT, '""', "The mail server.", "receive every mail: names, addresses, orders"),
    Setting(
        "mail.port", Kind.COUNT, "465", "Its port.", "keep mails from leaving", at_least=1, at_most=65535
    ),
    Setting("mail.user", Kind.TEXT, '""', "The name to sign in with.", "keep mails from leaving"),
    Setting(
        "mail.password_file",
        Kind.PATH,
        '""',
        "Holds the mail server's password, readable by nobody but the worker.",
        "keep mails from leaving",
    ),
    Setting(
        "database.shop",
        Kind.DATABASE,
        '""',
        "The shop's database on a PostgreSQL server, `postgresql://ROLE@HOST/NAME`, without a password; empty: SQLite"
        " in `shop.sqlite3`. The variable may hold the password too. How to make one: `postgresql.md`.",
        "have the shop work on a database of theirs: orders, prices and ids; nothing personal, which is in the vault",
        known_as=SHOP_DATABASE,
    ),
    Setting(
        "database.password_file",
        Kind.PATH,
        '"database.password"',
        "Holds the password of that role, if it has one, readable by nobody but web and worker.",
        "keep the shop from its database by naming a wrong file",
    ),
    Setting(
        "vault.custody",
        Kind.CUSTODY,
        '"file"',
        "Who holds the root key of the vault: `file`, a module by `pkcs11:...`, a key service by `aws-kms:...`;"
        " [keys.md](keys.md) says how each is written and how far an erasure reaches with it.",
        "have the next root kept where they can read it, and from then on open what a copy of the vault holds",
    ),
    Setting(
        "vault.replicas",
        Kind.PLACES,
        "[]",
        "Folders on other disks or machines in which the vault's keys are kept as well, each a path or"
        ' `{folder = "/mnt/b", custody = "file"}`; see [keys.md](keys.md). Without one a lost disk is lost for'
        " good.",
        "have all keys copied to a folder of theirs, and open what a copy of the vault holds",
    ),
    Setting(
        "serve.host",
        Kind.TEXT,
        '""',
        "The network address to listen at; empty: 127.0.0.1 if `address` is this machine, else 0.0.0.0.",
        "make the shop reachable from further away than meant",
    ),
    Setting(
        "serve.port",
        Kind.COUNT,
        "0",
        "The port to listen at; 0: the one of `address`. Differs from it only behind a proxy.",
        "make the shop unreachable",
        at_most=65535,
    ),
    Setting(
        "serve.plain_port",
        Kind.COUNT,
        "0",
        "The unencrypted port that only redirects; 0: 80 if the port is 443, else two above it.",
        "make `http:` links fail",
        at_most=65535,
    ),
    Setting(
        "serve.workers",
        Kind.COUNT,
        "2",
        "Web processes, each with one thread.",
        "slow the shop down, or fill the machine's memory",
        unit="processes",
        at_least=1,
        at_most=64,
    ),
    Setting(
        "samples.pictures",
        Kind.CHOICE,
        '"all"',
        "Which pictures of the sample goods are drawn: all; only the first, smaller one of each; none.",
        _NOBODY,
        choices=("all", "first", "none"),
    ),
    Setting(
        "uids.base",
        Kind.COUNT,
        "0",
        "First of eight user numbers for web, vault, worker and cards when started as root; 0: a free block"
        " chosen from the folder's path.",
        "give a process the number of another user of the machine, who could then read its files",
        at_most=2**31 - 9,
    ),
)
BY_KEY: dict[str, Setting] = {setting.key: setting for setting in SETTINGS}
# Tables that may stand several times ([[shipping]]); the environment cannot override their parts.
REPEATED = frozenset({"shipping"})


def document(settings: Sequence[Setting] = SETTINGS) -> str:
    """Return docs/operating/settings.md as it must read."""
    lines = [
        "# Settings",
        "",
        "All settings of a store stand in its `store.toml`; an unknown one is an error. A variable of the",
        "environment, where one is named, goes before the file. Secrets stand in neither: a setting that",
        "ends in `_file` names a file that holds the secret, which others must not be able to read.",
        "`[[shipping]]` may be repeated. Made by `python -m microkitten.config.declarations`.",
        "",
        "| setting | variable | kind | default | what it is | who can set it, and only it, can |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for one in settings:
        variable = "-" if one.key.partition(".")[0] in REPEATED else f"`{one.variable}`"
        default = "must be set" if one.default is None else f"`{one.default}`"
        kind = " or ".join(f"`{word}`" for word in one.choices) or str(one.kind)
        kind += f" ({one.unit})" if one.unit else ""
        lines.append(f"| `{one.key}` | {variable} | {kind} | {default} | {one.about} | {one.attacker} |")
    lines += [
        "",
        "Other variables: `MICROKITTEN_STORE` (the store's folder), `MICROKITTEN_ROLE` (set by `serve` for",
        "each process), `MICROKITTEN_PYTHON` (the Python that `bin/dev` shall use),",
        "`MICROKITTEN_VAULT_RATES_TIMES` (for benches: so many times the vault's [rates](rates.md)).",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys  # only when the page is being generated

    sys.stdout.write(document())
