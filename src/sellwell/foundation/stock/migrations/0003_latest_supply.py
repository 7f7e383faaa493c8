"""The list of expected supply is read latest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0002_movement_newest_and_no_promises")]
    operations = [
        migrations.AddIndex(
            "supply", models.Index(fields=["company_id", "-due_on", "-id"], name="supply_latest")
        ),
    ]
