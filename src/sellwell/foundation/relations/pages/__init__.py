"""What people see of relations: lists, the stages, the pool, groups of customers, and the blocks on a customer's page."""

from sellwell.foundation.relations.pages import customer, groups, lists, pools, stages

__all__ = ["customer", "groups", "lists", "pools", "stages"]
