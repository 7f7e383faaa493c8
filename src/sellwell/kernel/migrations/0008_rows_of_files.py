"""Rows of lists come in by file: rows that wait for approval are counted, and reasons are kept row by row, sealed."""

import django.db.models.deletion
from django.db import migrations, models

from sellwell.kernel.ids import new_id


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_reasons_of_messages")]
    operations = [
        migrations.AddField("importbatch", "waiting", models.PositiveIntegerField(default=0)),
        migrations.RemoveField("importbatch", "refused"),
        migrations.CreateModel(
            name="RefusedRow",
            fields=[
                (
                    "id",
                    models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("company_id", models.UUIDField()),
                ("number", models.CharField(max_length=60)),
                ("words", models.JSONField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.importbatch",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["batch", "number"], name="refusedrow_batch")],
            },
        ),
    ]
