from django.db import migrations


class Migration(migrations.Migration):
    """`held_by` is the approval that holds a row, everywhere: who reviewed a department has a name of its own."""

    dependencies = [("company", "0002_organisation")]

    operations = [migrations.RenameField("departmentreview", "held_by", "reviewed_by")]
