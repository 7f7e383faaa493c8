"""The web wing: frame, lists, records, forms, grids and boards. It knows the kernel; rooms register with it."""
