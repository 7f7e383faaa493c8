"""The lists of prices are read newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]
    operations = [
        migrations.AddIndex(
            "pricerule", models.Index(fields=["company_id", "-since", "-id"], name="pricerule_newest")
        ),
        migrations.AddIndex(
            "floorprice", models.Index(fields=["company_id", "-since", "-id"], name="floorprice_newest")
        ),
    ]
