"""What privacy does when two customers become one: its rows move along, and the stricter consent wins (B6)."""

from __future__ import annotations

from sellwell.foundation.customers.merging import moves_with_customer, on_merge, on_unmerge
from sellwell.foundation.privacy import merging
from sellwell.foundation.privacy.models import Consent, DataSubject, Request

moves_with_customer(DataSubject, "customer")
moves_with_customer(Consent, "customer")
moves_with_customer(Request, "customer")
on_merge.register("privacy")(merging.settle)
on_unmerge.register("privacy")(merging.settle)
