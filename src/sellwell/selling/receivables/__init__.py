"""Invoices, receipts, matching, credit limits and the postings behind them."""
