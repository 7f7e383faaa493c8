"""A company by seed: people, customers and days that act through the same door as everybody else.

It makes the demo, the soak and fault tests, and the load for benches. Nothing here is a real person or company.
"""
