"""Adds under which words a consent key was made; of those made before nothing is known, so they have lapsed."""

from django.db import migrations, models


def lapse(apps, _schema_editor):
    """Note each visitor there is as under no known words."""
    person, worded = apps.get_model("vault", "Person"), apps.get_model("vault", "Worded")
    ids = person.objects.filter(kind="visitor").values_list("id", flat=True)
    rows = (worded(person=one, purpose="customize", wording="") for one in ids.iterator())
    worded.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0002_tally"),
    ]

    operations = [
        migrations.CreateModel(
            name="Worded",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.UUIDField(db_index=True)),
                ("purpose", models.CharField(max_length=16)),
                ("wording", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["purpose", "wording"], name="vault_worded_words")],
            },
        ),
        migrations.RunPython(lapse, migrations.RunPython.noop),
    ]
