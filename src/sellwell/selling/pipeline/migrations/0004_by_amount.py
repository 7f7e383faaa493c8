from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists sorted by amount read an index: what they cost does not grow with the table."""

    dependencies = [("pipeline", "0003_quotations_expire")]

    operations = [
        migrations.AddIndex(
            "quotation", models.Index(fields=["company_id", "-total", "-id"], name="quotation_total")
        ),
    ]
