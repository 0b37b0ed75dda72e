"""Lets an order remember that whoever placed it was erased, so that its page can say so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the time, empty for all orders there are."""

    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="order", name="erased_at", field=models.DateTimeField(null=True)
        ),
    ]
