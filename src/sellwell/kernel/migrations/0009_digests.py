from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0008_rows_of_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='digest_id',
            field=models.UUIDField(null=True),
        ),
    ]
