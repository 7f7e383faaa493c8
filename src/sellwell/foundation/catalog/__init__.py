"""Products and services, units, tax classes with dated rates, costs."""
