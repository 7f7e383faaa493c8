"""The list of returns sorts by the total."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0003_accepted_how")]
    operations = [
        migrations.AddIndex(
            "return", models.Index(fields=["company_id", "-total", "-id"], name="return_total")
        ),
    ]
