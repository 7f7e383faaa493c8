"""Saved views may be pinned to the menu."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="savedview", name="pinned", field=models.BooleanField(default=False)
        ),
    ]
