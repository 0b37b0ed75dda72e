"""Mails confirm, and neither sell nor watch (P15, P25)."""

import pytest

from microkitten.config.conformity import mails
from tests.house.planting import POLICY, Plant

PLANTS = (
    Plant(
        "a mail for another purpose",
        templates={
            "mail__news": "{% serves confirm customize %}\n",
        },
        where="planted/templates/mail/news.html:1",
        id="P060",
        what="the mail mail/news.html serves customize",
        remedy="write {% serves confirm %}: a mail is about the order, and nothing else",
    ),
    Plant(
        "a mail with a field of another purpose",
        templates={
            "mail__news": ("{% serves confirm %}\n{% personal recipient.address of who %}\n"),
        },
        where="planted/templates/mail/news.html:2",
        id="P061",
        what="the mail mail/news.html names recipient.address, which the mail service does not get",
        remedy="it gets customer.email, customer.name",
    ),
    Plant(
        "a mail with a mark of its own",
        templates={
            "mail__news": ('{% serves confirm %}\nHello {{ "{{address}}" }}\n'),
        },
        where="planted/templates/mail/news.html:2",
        id="P062",
        what="the mail mail/news.html has the mark address, which no disclosure fills in",
        remedy="known are: name",
    ),
    Plant(
        "a mail with a picture",
        templates={
            "mail__news": ('{% serves confirm %}\n<p>\n<img src="https://shop/1.gif">\n'),
        },
        where="planted/templates/mail/news.html:3",
        id="P063",
        what="the mail mail/news.html loads something when it is opened, which tells that it was",
        remedy="leave it out; a mail is read unwatched (P25)",
    ),
    Plant(
        "a mail with a foreign style",
        templates={
            "mail__news": ('{% serves confirm %}\n<style>@import "https://shop/1.css"</style>\n'),
        },
        where="planted/templates/mail/news.html:2",
        id="P063",
        what="the mail mail/news.html loads something when it is opened, which tells that it was",
        remedy="leave it out; a mail is read unwatched (P25)",
    ),
    Plant(
        "a mail with a part of the shop",
        templates={
            "mail__news": ('{% serves confirm %}\n{% include "catalog/parts.html" %}\n'),
        },
        where="planted/templates/mail/news.html:2",
        id="P064",
        what="the mail mail/news.html takes in catalog/parts.html, a part of the shop's pages",
        remedy="take in parts of mails alone (mail/...)",
    ),
    Plant(
        "a mail with featured goods",
        templates={
            "mail__news": ("{% serves confirm %}\n{% for one in featured %}{{ one }}{% endfor %}\n"),
        },
        where="planted/templates/mail/news.html:2",
        id="P065",
        what="the mail mail/news.html speaks of featured: that is selling",
        remedy="leave it out; a confirmation is not an ad",
    ),
    Plant(
        "a mail with a coupon",
        templates={
            "mail__news_txt": ("{% serves confirm %}\n{{ order.coupon }}\n"),
        },
        where="planted/templates/mail/news.txt:2",
        id="P065",
        what="the mail mail/news.txt speaks of coupon: that is selling",
        remedy="leave it out; a confirmation is not an ad",
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.title)
def test_what_a_mail_may_not_do_is_found(plant: Plant) -> None:
    """A mail about an order stays one."""
    assert plant.found_by(mails.check(POLICY, plant.pages())) == [plant.finding()]
