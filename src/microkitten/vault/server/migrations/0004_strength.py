"""Adds what erasure, lapse, grants and alarms need; every record's daily life ends where it ended before."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0003_worded'),
    ]

    operations = [
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('token_hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('actor', models.CharField(max_length=32)),
                ('purpose', models.CharField(max_length=16)),
                ('person', models.UUIDField(db_index=True)),
                ('groups', models.TextField()),
                ('entry', models.BigIntegerField()),
                ('until_at', models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('party', models.CharField(max_length=32)),
                ('reference', models.CharField(max_length=200)),
                ('entry', models.BigIntegerField()),
                ('made_at', models.BigIntegerField()),
                ('due_at', models.BigIntegerField()),
                ('sent_at', models.BigIntegerField(null=True)),
                ('acknowledged_at', models.BigIntegerField(null=True)),
                ('answer', models.CharField(db_default='', max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name='consent',
            name='entry',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='consent',
            name='receipt',
            field=models.UUIDField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name='consent',
            name='version',
            field=models.TextField(db_default=''),
        ),
        migrations.AddField(
            model_name='consent',
            name='withdrawn_at',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='consent',
            name='withdrawn_entry',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='consent',
            name='wording',
            field=models.CharField(db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name='record',
            name='arrived_at',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='record',
            name='lapse_at',
            field=models.BigIntegerField(db_default=0, db_index=True),
        ),
        migrations.AlterField(
            model_name='person',
            name='commitment',
            field=models.BinaryField(db_default=b''),
        ),
        migrations.AlterField(
            model_name='person',
            name='wrapped',
            field=models.BinaryField(db_default=b''),
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.BigIntegerField()),
                ('last_at', models.BigIntegerField()),
                ('kind', models.CharField(max_length=32)),
                ('role', models.CharField(max_length=16)),
                ('actor', models.CharField(max_length=32)),
                ('purpose', models.CharField(max_length=16)),
                ('count', models.BigIntegerField()),
                ('entry', models.BigIntegerField(null=True)),
                ('seen_at', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['seen_at', 'last_at'], name='vault_alarm_unseen')],
            },
        ),
        migrations.RunSQL(
            "UPDATE vault_record SET lapse_at = until_at WHERE lapse_at = 0", migrations.RunSQL.noop
        ),
    ]
