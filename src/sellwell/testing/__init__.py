"""What tests stand on: template databases and their copies."""
