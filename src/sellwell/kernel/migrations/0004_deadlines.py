"""Deadlines that the system acts on; ledger changes carry their entry's company, for row security."""

from django.db import migrations, models

FILL = """
ALTER TABLE kernel_ledgerchange DISABLE TRIGGER USER;
UPDATE kernel_ledgerchange c SET company_id = e.company_id FROM kernel_ledgerentry e WHERE e.seq = c.entry_id;
ALTER TABLE kernel_ledgerchange ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_inputs")]

    operations = [
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.UUIDField()),
                ("what", models.CharField(max_length=80)),
                ("row_id", models.UUIDField()),
                ("due_at", models.DateTimeField()),
                ("state", models.CharField(default="due", max_length=10)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
                ("error", models.CharField(default="", max_length=80)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "due")), fields=["due_at", "id"], name="deadline_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", "due")), fields=["row_id", "what"], name="deadline_row"
                    ),
                ],
            },
        ),
        migrations.AddField("ledgerchange", "company_id", models.UUIDField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
