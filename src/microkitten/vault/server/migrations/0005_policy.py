"""Adds when an order was placed and a key passed over; what was claimed before yesterday counts as placed."""

import time

from django.db import migrations, models

DAY_SECONDS = 86_400


def placed(apps, _schema_editor):
    """Whatever an order claimed more than a day ago was no draft any more."""
    records = apps.get_model("vault", "Record").objects.filter(claimed_at__lt=int(time.time()) - DAY_SECONDS)
    records.update(placed_at=models.F("claimed_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0004_strength"),
    ]

    operations = [
        migrations.AddField(
            model_name="record",
            name="passed_at",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="record",
            name="placed_at",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunPython(placed, migrations.RunPython.noop, elidable=True),
    ]
