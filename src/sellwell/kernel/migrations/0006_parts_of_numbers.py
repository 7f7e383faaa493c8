"""Numbers are found by any part of three digits or more: the parts are added to the search rows that are there."""

from django.db import migrations

ADD = """
UPDATE kernel_searchrow s SET tokens = (
    SELECT array_agg(DISTINCT every.token ORDER BY every.token) FROM (
        SELECT unnest(s.tokens) AS token
        UNION SELECT substr(number, start, size)
          FROM unnest(s.tokens) AS number, generate_series(1, 6) AS start, generate_series(3, 8) AS size
         WHERE number ~ '^[0-9]{4,8}$' AND start + size <= length(number) + 1
        UNION SELECT right(number, size)
          FROM unnest(s.tokens) AS number, generate_series(3, 12) AS size
         WHERE number ~ '^[0-9]{9,}$'
    ) AS every)
WHERE EXISTS (SELECT 1 FROM unnest(s.tokens) AS number WHERE number ~ '^[0-9]{4,}$')
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_approvals_and_messages")]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
