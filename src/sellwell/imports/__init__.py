"""Files from elsewhere: read by a mapping, checked row by row, brought in through the door in chunks of documents."""
