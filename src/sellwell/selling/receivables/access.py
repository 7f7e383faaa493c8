"""Who does what with money, by default. Selling, issuing and collecting lie with different people (domain 1.3)."""

from __future__ import annotations

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}
READERS = {
    **SELLERS,
    "service": "company",
    "legal": "company",
    "finance": "company",
    "executive": "company",
    "auditor": "company",
}
TAKERS = {"finance": "company", "executive": "company", "auditor": "company"}

grant(
    ["receivables.invoices", "receivables.invoice_lines", "receivables.receipts", "receivables.credit"],
    **READERS,
)
grant("receivables.applications", **READERS)
grant("receivables.postings", **TAKERS)
grant(
    [
        "receivables.invoices.export",
        "receivables.invoice_lines.export",
        "receivables.receipts.export",
        "receivables.applications.export",
        "receivables.credit.export",
        "receivables.postings.export",
    ],
    **TAKERS,
)

grant("receivables.request_invoice", **SELLERS)
grant("receivables.void_request", **SELLERS, finance="company")
grant(
    [
        "receivables.open_account",
        "receivables.set_credit",
        "receivables.issue_invoice",
        "receivables.reverse_invoice",
        "receivables.credit_return",
        "receivables.enter_receipt",
        "receivables.reverse_receipt",
        "receivables.apply",
        "receivables.unapply",
        "receivables.apply_credit",
    ],
    finance="company",
)
