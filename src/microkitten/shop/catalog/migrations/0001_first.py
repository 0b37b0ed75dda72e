"""Categories, products with options and variants, prices as they changed, pictures, the edition."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Option',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=60)),
                ('position', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('text', models.TextField(blank=True, max_length=4000)),
                ('ground', models.CharField(blank=True, max_length=24)),
                ('position', models.PositiveIntegerField(default=0)),
                ('attributes', models.JSONField(blank=True, default=dict)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalog.category')),
            ],
            options={
                'verbose_name_plural': 'categories',
                'ordering': ['position', 'title', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('touched_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_edition')],
            },
        ),
        migrations.CreateModel(
            name='OptionValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=60)),
                ('color', models.CharField(blank=True, max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$', 'Write a color as # and six hex digits, as #d9b38c.')])),
                ('position', models.PositiveIntegerField(default=0)),
                ('option', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='catalog.option')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('summary', models.CharField(blank=True, max_length=400)),
                ('text', models.TextField(blank=True, max_length=20000)),
                ('materials', models.CharField(blank=True, max_length=400)),
                ('size', models.CharField(blank=True, max_length=200)),
                ('care', models.CharField(blank=True, max_length=400)),
                ('weight_g', models.PositiveIntegerField(blank=True, null=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('public', 'Public'), ('ended', 'Ended')], default='draft', max_length=8)),
                ('digital', models.BooleanField(default=False)),
                ('preorder_note', models.CharField(blank=True, max_length=200)),
                ('featured', models.BooleanField(default=False)),
                ('position', models.PositiveIntegerField(default=0)),
                ('tax_class', models.SlugField(default='standard', max_length=40)),
                ('customs_code', models.CharField(blank=True, max_length=16)),
                ('attributes', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField()),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.category')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='option',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='catalog.product'),
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.CharField(max_length=64, unique=True)),
                ('price_minor', models.PositiveBigIntegerField()),
                ('sale_price_minor', models.PositiveBigIntegerField(blank=True, null=True)),
                ('sale_starts_at', models.DateTimeField(blank=True, null=True)),
                ('sale_ends_at', models.DateTimeField(blank=True, null=True)),
                ('position', models.PositiveIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('availability', models.PositiveSmallIntegerField(choices=[(1, 'In stock'), (2, 'Only a few left'), (3, 'Made to order'), (4, 'Sold out')], default=4)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='variants', to='catalog.product')),
                ('values', models.ManyToManyField(blank=True, related_name='variants', to='catalog.optionvalue')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PriceChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price_minor', models.PositiveBigIntegerField()),
                ('sale_price_minor', models.PositiveBigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='price_changes', to='catalog.variant')),
            ],
            options={
                'ordering': ['variant', 'at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0)),
                ('alt', models.CharField(max_length=300)),
                ('credit', models.CharField(blank=True, max_length=200)),
                ('master', models.CharField(max_length=64)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('made', models.JSONField(blank=True, default=dict)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='catalog.product')),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='pictures', to='catalog.variant')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='category_is_not_its_own_parent'),
        ),
        migrations.AddConstraint(
            model_name='optionvalue',
            constraint=models.UniqueConstraint(fields=('option', 'title'), name='value_once_an_option'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['category', 'state', 'position', 'id'], name='product_by_category'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['state', '-created_at', '-id'], name='product_by_age'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['state', 'featured', 'position', 'id'], name='product_by_feature'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'public', 'ended'])), name='product_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='option',
            constraint=models.UniqueConstraint(fields=('product', 'title'), name='option_once_a_product'),
        ),
        migrations.AddIndex(
            model_name='variant',
            index=models.Index(fields=['product', 'is_active', 'position'], name='variant_by_product'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.CheckConstraint(condition=models.Q(('sale_price_minor__isnull', True), ('sale_price_minor__lt', models.F('price_minor')), _connector='OR'), name='sale_price_is_lower'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.CheckConstraint(condition=models.Q(('sale_starts_at__isnull', True), ('sale_ends_at__isnull', True), ('sale_starts_at__lt', models.F('sale_ends_at')), _connector='OR'), name='sale_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.CheckConstraint(condition=models.Q(('availability__in', [1, 2, 3, 4])), name='availability_is_known'),
        ),
        migrations.AddIndex(
            model_name='pricechange',
            index=models.Index(fields=['variant', '-at'], name='price_change_by_variant'),
        ),
        migrations.AddIndex(
            model_name='picture',
            index=models.Index(fields=['product', 'position', 'id'], name='picture_by_product'),
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.CheckConstraint(condition=models.Q(('height__gt', 0), ('width__gt', 0)), name='picture_has_an_area'),
        ),
    ]
