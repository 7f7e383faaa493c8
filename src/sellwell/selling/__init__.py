"""From contact to cash: pipeline, contracts, orders, delivery, receivables."""
