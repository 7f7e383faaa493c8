"""What may be done with people's data: purposes and bases, consent, looks and exports, requests, the processing register."""
