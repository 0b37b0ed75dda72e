"""Counts with their constraints, reservations, and the movements that explain every count."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_first'),
    ]

    operations = [
        migrations.CreateModel(
            name='Movement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('received', 'Received'), ('reserved', 'Reserved'), ('released', 'Released'), ('shipped', 'Shipped'), ('returned', 'Returned'), ('corrected', 'Corrected')], max_length=9)),
                ('on_hand_change', models.IntegerField(default=0)),
                ('reserved_change', models.IntegerField(default=0)),
                ('holder', models.UUIDField(blank=True, null=True)),
                ('cause', models.CharField(blank=True, max_length=120)),
                ('at', models.DateTimeField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='catalog.variant')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['variant', 'id'], name='movement_by_variant'), models.Index(fields=['holder'], name='movement_by_holder')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['received', 'reserved', 'released', 'shipped', 'returned', 'corrected'])), name='movement_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder', models.UUIDField()),
                ('quantity', models.PositiveIntegerField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('extensions', models.PositiveSmallIntegerField(default=0)),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='catalog.variant')),
            ],
            options={
                'ordering': ['holder', 'variant_id'],
                'indexes': [models.Index(condition=models.Q(('until__isnull', False)), fields=['until'], name='reservation_by_end')],
                'constraints': [models.UniqueConstraint(fields=('holder', 'variant'), name='one_reservation_of_a_variant'), models.CheckConstraint(condition=models.Q(('quantity__gte', 1), ('quantity__lte', 99)), name='reservation_within_cap'), models.CheckConstraint(condition=models.Q(('extensions__lte', 3)), name='extensions_within_cap')],
            },
        ),
        migrations.CreateModel(
            name='StockItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on_hand', models.PositiveIntegerField(default=0)),
                ('reserved', models.PositiveIntegerField(default=0)),
                ('backorder', models.BooleanField(default=False)),
                ('variant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='stock', to='catalog.variant')),
            ],
            options={
                'ordering': ['variant_id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('backorder', True), ('reserved__lte', models.F('on_hand')), _connector='OR'), name='no_more_promised_than_there_is'), models.CheckConstraint(condition=models.Q(('on_hand__gte', 0), ('reserved__gte', 0)), name='counts_are_not_negative')],
            },
        ),
    ]
