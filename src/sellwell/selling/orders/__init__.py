"""Orders: entered, confirmed against price, credit, stock and contract in one transaction, closed or cancelled."""
