"""Adds the public tallies, counted from the leaves that are there, and which file a deployment was of."""

import json
from collections import Counter

from django.db import migrations, models


def count(apps, schema_editor):
    """Count what is in the ledger already; whom it was handed to stands sealed in the details, so not here."""
    counted = Counter()
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM vault_entry")
        for (leaf,) in cursor:
            told = json.loads(bytes(leaf))
            counted[told["t"][:7], told["k"], told["p"]] += 1
    tally = apps.get_model("vault", "Tally")
    tally.objects.bulk_create(
        tally(month=month, kind=kind, purpose=purpose, party="", entries=entries)
        for (month, kind, purpose), entries in counted.items()
    )


class Migration(migrations.Migration):

    dependencies = [
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.CharField(max_length=7)),
                ("kind", models.CharField(max_length=16)),
                ("purpose", models.CharField(max_length=16)),
                ("party", models.CharField(max_length=32)),
                ("entries", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "kind", "purpose", "party"), name="vault_tally_one_of_each"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="deployment",
            name="version",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="deployment",
            name="sha256",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
