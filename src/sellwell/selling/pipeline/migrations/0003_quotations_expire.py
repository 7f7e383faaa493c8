"""Quotations that were sent before deadlines existed expire by themselves, too."""

from django.db import migrations

SET = """
INSERT INTO kernel_deadline (company_id, what, row_id, due_at, state, attempts, error)
SELECT q.company_id, 'pipeline.expire_quotation', q.id,
    (q.valid_until + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', 'due', 0, ''
FROM pipeline_quotation q WHERE q.state = 'sent'
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0002_visits_by_plan"), ("kernel", "0004_deadlines")]

    operations = [migrations.RunSQL(SET, migrations.RunSQL.noop)]
