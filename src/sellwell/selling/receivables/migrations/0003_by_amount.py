from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists sorted by amount read an index: what they cost does not grow with the table."""

    dependencies = [("receivables", "0002_open_and_newest")]

    operations = [
        migrations.AddIndex(
            "invoice", models.Index(fields=["company_id", "-total", "-id"], name="invoice_total")
        ),
        migrations.AddIndex(
            "receipt", models.Index(fields=["company_id", "-total", "-id"], name="receipt_total")
        ),
    ]
