"""What the tests of conformity plant: texts that were never files, and the packaged policy that judges them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from microkitten import policy
from microkitten.config.conformity import pages
from microkitten.config.conformity.finding import Finding
from microkitten.config.conformity.sources import Sources, planted

POLICY = policy.packaged("classic")
GROUND = Path("planted")


def code(**files: str) -> Sources:
    """Return sources made of texts: `shop__orders__views` is the module `microkitten.shop.orders.views`."""
    return planted(GROUND, **files)


def templates(**files: str) -> pages.Templates:
    """Return templates made of texts: `orders__page` is `orders/page.html`, `mail__page_txt` is `mail/page.txt`."""
    found = {}
    for key, text in files.items():
        name = key.replace("__", "/").replace("_txt", ".txt")
        name = name if name.endswith(".txt") else name + ".html"
        found[name] = pages.template(name, GROUND / "templates" / name, text)
    return pages.Templates(found)


@dataclass(frozen=True)
class Plant:
    """One mistake, and what is to be said of it."""

    title: str
    where: str
    id: str
    what: str
    remedy: str
    code: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)

    def sources(self) -> Sources:
        """Return the planted code."""
        return code(**self.code)

    def pages(self) -> pages.Templates:
        """Return the planted templates."""
        return templates(**self.templates)

    def finding(self) -> Finding:
        """Return what is to be found."""
        return Finding(self.where, self.id, self.what, self.remedy)

    def found_by(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return what was found of this kind: a plant may well be wrong in other ways too."""
        return [one for one in findings if one.id == self.id]
