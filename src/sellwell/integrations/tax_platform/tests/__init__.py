"""Tests of the tax platform."""
