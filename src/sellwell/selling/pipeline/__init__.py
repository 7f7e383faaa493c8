"""Leads, opportunities, visits and quotations: from a first contact to a price on paper."""
