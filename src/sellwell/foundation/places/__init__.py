"""Places in China: provinces, cities and districts, and one pasted line taken apart into name, phone and address."""
