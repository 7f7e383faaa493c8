from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists sorted by amount read an index: what they cost does not grow with the table."""

    dependencies = [("contracts", "0001_initial")]

    operations = [
        migrations.AddIndex(
            "contract", models.Index(fields=["company_id", "-total", "-id"], name="contract_total")
        ),
    ]
