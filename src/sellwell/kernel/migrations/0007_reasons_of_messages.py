from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0006_parts_of_numbers'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='reason',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='message',
            name='tries',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='message',
            name='external_id',
            field=models.CharField(blank=True, default='', max_length=400),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('reason', ''), _negated=True), fields=['company_id', '-send_at'], name='message_wrong'),
        ),
    ]
