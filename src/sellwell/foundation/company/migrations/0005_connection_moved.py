from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('company', '0004_connection'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='moved_by',
            field=models.UUIDField(null=True),
        ),
    ]
