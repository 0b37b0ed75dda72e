"""The vault's tables, for migrations on both databases; hot paths write SQL; every personal row leads to its person.
Times are whole seconds since 1970, UTC, by the vault's clock."""

from django.db import models


class Person(models.Model):
    """Whoever data is about; no name. Their keys lie in the key store; `together` is who was collected in one
    batch.

    `wrapped` and `commitment` hold keys only in a vault made before there was a key store; the upgrade empties them.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16)
    month = models.CharField(max_length=7)
    together = models.UUIDField(db_index=True)
    generation = models.IntegerField()
    wrapped = models.BinaryField(db_default=b"")
    commitment = models.BinaryField(db_default=b"")


class Record(models.Model):
    """One group of fields of one person, sealed.

    `lapse_at` is when it stops serving daily use: its key passes from life to law, or it goes. `until_at` is when it
    goes, claimed or not. `arrived_at` is what the shop told, by the vault's clock; it may only bring the lapse nearer
    (P7). `placed_at` is when the order it was typed for was told to be placed, `passed_at` when its key passed over.
    """

    id = models.UUIDField(primary_key=True)
    person = models.UUIDField()
    group_name = models.CharField(max_length=32)
    version = models.IntegerField()
    generation = models.IntegerField()
    sealed = models.BinaryField()
    provenance = models.TextField()
    collected_at = models.BigIntegerField()
    claimed_at = models.BigIntegerField(null=True)
    until_at = models.BigIntegerField(db_index=True)
    lapse_at = models.BigIntegerField(db_default=0, db_index=True)
    arrived_at = models.BigIntegerField(null=True)
    placed_at = models.BigIntegerField(null=True)
    passed_at = models.BigIntegerField(null=True)

    class Meta:
        """One record of a group for each person."""

        constraints = [
            models.UniqueConstraint(fields=["person", "group_name"], name="vault_record_one_of_a_group")
        ]


class Find(models.Model):
    """The blind index: a keyed hash of a value under the key of its column and month."""

    column = models.CharField(max_length=32)
    month = models.CharField(max_length=7)
    tag = models.BinaryField(max_length=16)
    person = models.UUIDField(db_index=True)

    class Meta:
        """Looked up by tag, deleted by person."""

        indexes = [models.Index(fields=["column", "tag"], name="vault_find_tag")]


class Consent(models.Model):
    """A yes, with what a receipt tells of it (ISO/IEC TS 27560): which purpose, by which act, to which words, under
    which policy. Gone with the person; the ledger keeps that it was given.
    """

    person = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=16)
    act = models.CharField(max_length=32)
    policy = models.CharField(max_length=64)
    given_at = models.BigIntegerField()
    version = models.TextField(db_default="")  # of the policy
    wording = models.CharField(max_length=64, db_default="")
    receipt = models.UUIDField(null=True, db_index=True)
    entry = models.BigIntegerField(null=True)
    withdrawn_at = models.BigIntegerField(null=True)
    withdrawn_entry = models.BigIntegerField(null=True)


class Worded(models.Model):
    """Under which words a consent key was made, for the sweeper to find those that lapsed when the words changed.

    What counts is told by the person's own sealed box; this is where it is looked for.
    """

    person = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=16)
    wording = models.CharField(max_length=64)

    class Meta:
        """Found by the words it is not under."""

        indexes = [models.Index(fields=["purpose", "wording"], name="vault_worded_words")]


class Pass(models.Model):
    """A pass minted by the vault, by the hash of its token: an order's (see `Covered`) or a staff
    member's.
    """

    token_hash = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=8)
    staff = models.UUIDField(null=True, db_index=True)
    until_at = models.BigIntegerField(db_index=True)


class Covered(models.Model):
    """Whom an order's pass covers."""

    token_hash = models.CharField(max_length=64, db_index=True)
    person = models.UUIDField(db_index=True)


class Try(models.Model):
    """How often somebody tried to prove that they are a person, on one day."""

    person = models.UUIDField()
    day = models.CharField(max_length=10)
    count = models.IntegerField()

    class Meta:
        """One counter a day."""

        constraints = [models.UniqueConstraint(fields=["person", "day"], name="vault_try_one_a_day")]


class Staff(models.Model):
    """A member of staff: their roles. Name and all else personal is in their records."""

    person = models.UUIDField(primary_key=True)
    roles = models.CharField(max_length=64)
    created_at = models.BigIntegerField()


class StaffToken(models.Model):
    """A one-time token by its hash; the row goes when it is used."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    staff = models.UUIDField(db_index=True)
    until_at = models.BigIntegerField()


class Act(models.Model):
    """A disclosure by the keyed hash of the name its asker gave it, so that asking again is the same act."""

    once = models.CharField(max_length=64, primary_key=True)
    id = models.UUIDField()
    person = models.UUIDField(db_index=True)
    request = models.CharField(max_length=64)
    entry = models.BigIntegerField()


class Grant(models.Model):
    """Who may open what of whom until when: minted for a reason, by the hash of its token (P3)."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    actor = models.CharField(max_length=32)
    purpose = models.CharField(max_length=16)
    person = models.UUIDField(db_index=True)
    groups = models.TextField()
    entry = models.BigIntegerField()
    until_at = models.BigIntegerField(db_index=True)


class Notice(models.Model):
    """What a party must be told: that somebody whose data it got was erased, corrected or restricted (P43).

    It names no person: `reference` is what the party knows the hand-over by. `due_at` is when silence turns red.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16)
    party = models.CharField(max_length=32)
    reference = models.CharField(max_length=200)
    entry = models.BigIntegerField()
    made_at = models.BigIntegerField()
    due_at = models.BigIntegerField()
    sent_at = models.BigIntegerField(null=True)
    acknowledged_at = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=200, db_default="")

    class Meta:
        """Open ones first; found by entry and by what the party knows."""

        indexes = [
            models.Index(fields=["entry"], name="vault_notice_entry"),
            models.Index(fields=["reference"], name="vault_notice_reference"),
            models.Index(fields=["acknowledged_at", "due_at"], name="vault_notice_open"),
        ]


class Alarm(models.Model):
    """Something the merchant must look at: who asked too much, how often, since when. Nobody's data."""

    at = models.BigIntegerField()
    last_at = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    role = models.CharField(max_length=16)
    actor = models.CharField(max_length=32)
    purpose = models.CharField(max_length=16)
    count = models.BigIntegerField()
    entry = models.BigIntegerField(null=True)
    seen_at = models.BigIntegerField(null=True)

    class Meta:
        """Newest first, those unseen above all."""

        indexes = [models.Index(fields=["seen_at", "last_at"], name="vault_alarm_unseen")]


class Erased(models.Model):
    """That a person was erased, by a keyed hash of their id: so that it is done once, and nobody comes
    back under that id.
    """

    tag = models.CharField(max_length=64, primary_key=True)
    entry = models.BigIntegerField()
    leaf_hash = models.CharField(max_length=64)


class Entry(models.Model):
    """A public leaf of the ledger at its index."""

    number = models.IntegerField(primary_key=True)
    leaf = models.BinaryField()


class Tally(models.Model):
    """How many entries of a kind, purpose and party a month has; written with them, recounted by `verify`.

    `party` is empty where nothing was handed over, and for what was before there were tallies.
    """

    month = models.CharField(max_length=7)
    kind = models.CharField(max_length=16)
    purpose = models.CharField(max_length=16)
    party = models.CharField(max_length=32)
    entries = models.BigIntegerField()

    class Meta:
        """One number for each."""

        constraints = [
            models.UniqueConstraint(
                fields=["month", "kind", "purpose", "party"], name="vault_tally_one_of_each"
            )
        ]


class Node(models.Model):
    """A hash of the ledger's tree under its stored index."""

    number = models.IntegerField(primary_key=True)
    hash = models.BinaryField()


class Detail(models.Model):
    """Salt and detail of an entry, sealed: under the person's log key, or the store's where there is no
    person.
    """

    entry = models.IntegerField(primary_key=True)
    person = models.UUIDField(null=True, db_index=True)
    sealed = models.BinaryField()


class Deployment(models.Model):
    """Which policy and release the vault ran from which entry on.

    `version` and `sha256` (of the file's bytes) are empty for what was before policies had files of their own.
    """

    entry = models.BigIntegerField(primary_key=True)
    policy = models.CharField(max_length=64)
    release = models.CharField(max_length=64)
    version = models.TextField(default="")
    sha256 = models.CharField(max_length=64, default="")


class ServiceKey(models.Model):
    """Where keys that are nobody's own lay before there was a key store; the upgrade empties it."""

    name = models.CharField(max_length=64, primary_key=True)
    wrapped = models.BinaryField()
    commitment = models.BinaryField()


class Fact(models.Model):
    """What the vault must remember of itself: the ledger's origin."""

    name = models.CharField(max_length=32, primary_key=True)
    value = models.TextField()
