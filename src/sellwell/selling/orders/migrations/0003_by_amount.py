from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists sorted by amount read an index: what they cost does not grow with the table."""

    dependencies = [("orders", "0002_short_lines")]

    operations = [
        migrations.AddIndex(
            "order", models.Index(fields=["company_id", "-total", "-id"], name="order_total")
        ),
    ]
