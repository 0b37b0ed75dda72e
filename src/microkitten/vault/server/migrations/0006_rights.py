"""Lets notices be found by the entry they follow from, by their reference, and those that are open first."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("vault", "0005_policy"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["entry"], name="vault_notice_entry"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["reference"], name="vault_notice_reference"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["acknowledged_at", "due_at"], name="vault_notice_open"),
        ),
    ]
