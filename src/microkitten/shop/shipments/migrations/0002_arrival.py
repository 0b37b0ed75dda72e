"""Adds when a parcel came, which begins the last days of its address."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0001_initial'),
        ('shipments', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='shipment',
            name='arrived_at',
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.CheckConstraint(condition=models.Q(('arrived_at', None), ('shipped_at__isnull', False), _connector='OR'), name='shipment_arrived_when'),
        ),
    ]
