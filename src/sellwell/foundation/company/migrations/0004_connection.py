
import sellwell.kernel.ids
import sellwell.kernel.models.base
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('company', '0003_duty_set_once'),
    ]

    operations = [
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.UUIDField(default=sellwell.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('company_id', models.UUIDField(db_index=True)),
                ('system', models.CharField(max_length=20)),
                ('state', models.CharField(default='on', max_length=10)),
                ('app_id', models.CharField(max_length=60)),
                ('agent_id', models.CharField(blank=True, default='', max_length=60)),
                ('secret', models.JSONField()),
                ('base_url', models.CharField(blank=True, default='', max_length=200)),
                ('signs_in', models.BooleanField(default=False)),
                ('pulls', models.BooleanField(default=False)),
                ('pulled_on', models.DateField(null=True)),
                ('pull_answer', models.CharField(blank=True, default='', max_length=80)),
                ('tested_at', models.DateTimeField(null=True)),
                ('test_answer', models.CharField(blank=True, default='', max_length=80)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company_id', 'system'), name='connection_once'), models.CheckConstraint(condition=models.Q(('state__in', ['on', 'off'])), name='connection_state_known'), models.CheckConstraint(condition=models.Q(('system__in', ['wecom', 'dingtalk', 'feishu'])), name='connection_system_known')],
            },
            bases=(sellwell.kernel.models.base.Scoped, models.Model),
        ),
    ]
